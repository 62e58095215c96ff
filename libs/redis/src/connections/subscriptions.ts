import { Command } from 'ioredis';

type Kind = 'subscribe' | 'psubscribe' | 'ssubscribe';

const begins: ReadonlyMap<string, Kind> = new Map([
  ['subscribe', 'subscribe'],
  ['psubscribe', 'psubscribe'],
  ['ssubscribe', 'ssubscribe'],
]);
const ends: ReadonlyMap<string, Kind> = new Map([
  ['unsubscribe', 'subscribe'],
  ['punsubscribe', 'psubscribe'],
  ['sunsubscribe', 'ssubscribe'],
]);

/**
 * What a connection is subscribed to, so that it can be again after a reconnection. ioredis does that as well,
 * but forgets it when the connection breaks while it does.
 */
export class Subscriptions {
  readonly #channels: Record<Kind, Map<string, string | Buffer>> = {
    subscribe: new Map(),
    psubscribe: new Map(),
    ssubscribe: new Map(),
  };

  /** To be called with each command that is sent: remembers what was subscribed once Redis has confirmed it. */
  follow(command: Command): void {
    // Asked for every command; the names of all that matter end so.
    if (!/subscribe$/i.test(command.name)) return;
    const name = command.name.toLowerCase();
    const begun = begins.get(name);
    const ended = ends.get(name);
    const channels = command.args as Array<string | Buffer>;
    if (begun) command.promise.then(() => this.#add(begun, channels), () => undefined); // prettier-ignore
    if (ended) command.promise.then(() => this.#remove(ended, channels), () => undefined); // prettier-ignore
  }

  /** The commands that subscribe to everything again. */
  restore(): Command[] {
    const commands: Command[] = [];
    for (const kind of ['subscribe', 'psubscribe'] as const) {
      const channels = [...this.#channels[kind].values()];
      if (channels.length > 0) commands.push(new Command(kind, channels));
    }
    // Shard channels may live in different slots.
    for (const channel of this.#channels.ssubscribe.values())
      commands.push(new Command('ssubscribe', [channel]));
    return commands;
  }

  #add(kind: Kind, channels: ReadonlyArray<string | Buffer>): void {
    for (const channel of channels) this.#channels[kind].set(String(channel), channel);
  }

  #remove(kind: Kind, channels: ReadonlyArray<string | Buffer>): void {
    if (channels.length === 0) this.#channels[kind].clear();
    for (const channel of channels) this.#channels[kind].delete(String(channel));
  }
}
