import { readFileSync } from 'node:fs';
import { QueueKeys, type RedisClient, RedisConnection, RedisQueueBackend } from 'bullmq';
import type { Redis } from 'ioredis';
import type { AddRequest } from '../outbox/add-request.js';
import type { AddTicket } from '../outbox/add-tickets.js';
import { bullScripts } from './bull-scripts.js';

const addOnce = readFileSync(new URL('./add-once.lua', import.meta.url), 'utf8');

/** The script keeps bits for 25 h from the last refresh: that makes 24 h at least, longer than outages last. */
const refreshAfterMs = 3_600_000;

/** The first adds of a key refresh it too, in case that the very first is not executed. */
const firstAdds = 3;

type Argument = string | number | Buffer;

interface DefinedScript {
  readonly command: string;
  /** Keys of BullMQ's own script; ours has one more. */
  readonly keyCount: number;
}

type Commands = Record<string, (args: Argument[]) => Promise<string>>;

/** Options under which BullMQ borrows a client: it asks nothing, waits for nothing, and closes nothing. */
export const borrowed = {
  shared: true,
  blocking: false,
  skipVersionCheck: true,
  skipWaitingForReady: true,
} as const;

/** Adds jobs to Redis with BullMQ's own scripts, each at most once however often it is sent. */
export class JobAdder {
  readonly #client: Redis;
  readonly #connection: RedisConnection;
  readonly #queues = new Map<string, Map<string, RedisQueueBackend>>();
  readonly #scripts = new Map<string, DefinedScript>();
  #refreshed = { key: '', at: 0, adds: 0 };

  /** @param client without a key prefix */
  constructor(client: Redis) {
    this.#client = client;
    this.#connection = new RedisConnection(client as never, borrowed);
    // Whoever owns the client writes its errors down.
    this.#connection.on('error', () => undefined);
  }

  /**
   * Adds one job, unless it was added already.
   *
   * @returns its id, or that of the job it is a duplicate of
   * @throws what the connection throws; sending the same request again does no harm then
   */
  add(request: AddRequest): Promise<string> {
    const { job, id, parent, ticket } = request;
    const runCommand = (command: string, args: Argument[]): Promise<string> => {
      const script = this.#scripts.get(command) ?? this.#define(command);
      args.splice(script.keyCount, 0, ticket.key);
      args.push(this.#isFresh(ticket) ? ticket.bit : `+${ticket.bit}`);
      return (this.#client as unknown as Commands)[script.command]!(args);
    };
    return this.#queue(request).addJobToTransaction(
      { runCommand } as unknown as RedisClient,
      job,
      id,
      parent,
    );
  }

  /** Whether the bits will be kept long enough without being refreshed. */
  #isFresh({ key }: AddTicket): boolean {
    const now = Date.now();
    if (key !== this.#refreshed.key) this.#refreshed = { key, at: now, adds: 0 };
    if (now - this.#refreshed.at > refreshAfterMs) this.#refreshed = { key, at: now, adds: 0 };
    return this.#refreshed.adds++ >= firstAdds;
  }

  /** @param command as BullMQ calls it: name and version */
  #define(command: string): DefinedScript {
    const name = command.slice(0, command.lastIndexOf(':'));
    const script = bullScripts().get(name);
    if (script === undefined) throw new Error(`This version of BullMQ has no script "${name}"`);
    const { numberOfKeys, lua } = script;
    const defined = { command: `holdfast:${name}`, keyCount: numberOfKeys };
    this.#client.defineCommand(defined.command, {
      numberOfKeys: numberOfKeys + 1,
      lua: `${addOnce}\n${lua}`,
    });
    this.#scripts.set(command, defined);
    return defined;
  }

  #queue({ queue, prefix }: AddRequest): RedisQueueBackend {
    let ofPrefix = this.#queues.get(prefix);
    if (ofPrefix === undefined) this.#queues.set(prefix, (ofPrefix = new Map<string, RedisQueueBackend>()));
    let backend = ofPrefix.get(queue);
    if (backend === undefined) {
      const keys = new QueueKeys(prefix);
      const toKey = (type: string): string => keys.toKey(queue, type);
      const opts = { connection: this.#client as never, prefix };
      backend = new RedisQueueBackend(
        this.#connection,
        queue,
        keys.getKeys(queue),
        toKey,
        opts,
        undefined,
        false,
      );
      ofPrefix.set(queue, backend);
    }
    return backend;
  }
}
