import { Command, type Redis } from 'ioredis';

/** What ioredis reads of INFO before a connection is ready. */
type ServerFacts = Record<string, string | undefined>;

/** The member that ioredis keeps private; the same in 5.11 and 6. */
interface Internals {
  connector: { check(info: ServerFacts): unknown };
}

/**
 * Makes the server close the connection before this one, in case it does not know yet that it is gone: what the
 * network still carries of it must not undo what is written on the new one. `CLIENT KILL ID`
 *
 * Only on the same run of the server, where the id still means that connection. Without the right to INFO or CLIENT
 * nothing is done.
 */
export class Predecessor {
  #runId: string | undefined;
  #last: { readonly id: number; readonly runId: string } | undefined;

  constructor(client: Redis) {
    const { connector } = client as unknown as Internals;
    const check = connector.check.bind(connector);
    // The only place where ioredis shows what the server said of itself.
    connector.check = (info) => {
      this.#runId = info.run_id;
      return check(info);
    };
  }

  /** The commands to send before any other on a new connection. */
  succeed(): Command[] {
    const runId = this.#runId;
    const last = this.#last;
    this.#last = undefined;
    if (runId === undefined) return [];
    const id = new Command('client', ['ID']);
    id.promise.then((value: number) => (this.#last = { id: value, runId }), () => undefined); // prettier-ignore
    if (last?.runId !== runId) return [id];
    const kill = new Command('client', ['KILL', 'ID', last.id]);
    kill.promise.catch(() => undefined);
    return [kill, id];
  }
}
