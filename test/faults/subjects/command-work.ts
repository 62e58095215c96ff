import type { ChainableCommander } from 'ioredis';
import type { CallLog } from '../call-log.js';
import {
  crossedReplies,
  type HistoryOptions,
  impossibleValues,
  miscounts,
  type Snapshot,
  type Violation,
} from '../invariants.js';

/** The commands that a client of ioredis and the service have in common. */
export interface CommandPort {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  del(key: string): Promise<number>;
  incr(key: string): Promise<number>;
  multi(): ChainableCommander;
  pipeline(): ChainableCommander;
}

/** Work with keys and counters, every key written by one caller at a time. */
export class CommandWork {
  readonly #port: CommandPort;
  readonly #log: CallLog;
  readonly #padding: string;
  /** Keys that were written and wait for their deletion: some of them since before the fault. */
  readonly #written: string[] = [];
  #count = 0;

  constructor(port: CommandPort, log: CallLog, valueBytes = 0) {
    this.#port = port;
    this.#log = log;
    this.#padding = 'x'.repeat(valueBytes);
  }

  async next(): Promise<void> {
    const number = this.#count++;
    const key = `key:${number}`;
    const log = this.#log;
    switch (number % 5) {
      case 0:
      case 1:
        await log.call({ op: 'incr', key: 'counter' }, () => this.#port.incr('counter'));
        break;
      case 2:
        await this.#set(key);
        await log.call({ op: 'get', key }, () => this.#port.get(key));
        break;
      case 3: {
        await this.#set(key);
        this.#written.push(key);
        const last = this.#written.length > 2 ? this.#written.shift() : undefined;
        if (last) await log.call({ op: 'del', key: last }, () => this.#port.del(last));
        break;
      }
      default:
        await (number % 2 === 0 ? this.#transaction(key) : this.#pipeline(key));
    }
  }

  violations(snapshot: Snapshot, history: HistoryOptions): Violation[] {
    const { records } = this.#log;
    return [
      ...miscounts('counter', records, snapshot, history),
      ...miscounts('counter:transactions', records, snapshot, history),
      ...miscounts('counter:pipelines', records, snapshot, history),
      ...impossibleValues(records, snapshot, history),
      ...crossedReplies(records),
      ...this.#halves(snapshot, history),
    ];
  }

  async #set(key: string): Promise<void> {
    const value = `${key}!${this.#padding}`;
    await this.#log.call({ op: 'set', key, value }, () => this.#port.set(key, value));
  }

  async #transaction(key: string): Promise<void> {
    await this.#together(key, 'counter:transactions', this.#port.multi());
  }

  async #pipeline(key: string): Promise<void> {
    await this.#together(key, 'counter:pipelines', this.#port.pipeline());
  }

  /** A SET and an INCR at once; each is told its own result. */
  async #together(key: string, counter: string, chain: ChainableCommander): Promise<void> {
    const value = `${key}!`;
    const results = chain.set(key, value).incr(counter).exec();
    const result = async (index: number): Promise<unknown> => {
      const [error, reply] = (await results)?.[index] ?? [new Error('There is no result for a command')];
      if (error) throw error;
      return reply;
    };
    await Promise.all([
      this.#log.call({ op: 'set', key, value }, () => result(0)),
      this.#log.call({ op: 'incr', key: counter }, () => result(1)),
    ]);
  }

  /** No half of a transaction ran: as many keys as counts, as far as is known. */
  #halves(snapshot: Snapshot, { lostAt }: HistoryOptions): Violation[] {
    if (lostAt !== undefined) return [];
    const keys = [...snapshot.keys()].filter((key) => /^key:\d*4$/.test(key)).length;
    const count = Number(snapshot.get('counter:transactions') ?? 0);
    return keys === count ? [] : [`truth: ${keys} keys of transactions, but their counter is ${count}`];
  }
}

/** The keys that work writes. */
export const workKeys = /^(key|counter):?/;
