import { BoundedStore } from '@holdfast/resilience';
import { type RedisError, RedisUnavailableError } from '../errors/redis-error.js';
import type { RecoveryJournal } from './recovery-journal.js';

export interface MemoryFallbackOptions {
  readonly maxBytes: number;
  /** Only keys with one of these prefixes are cache-like; all are when there is none. */
  readonly prefixes: readonly string[];
  readonly journal: RecoveryJournal;
  /** Is told each time memory stands in, with the kind of the failure. */
  readonly onDegraded: (reason: string) => void;
}

/** Where an answer came from. */
export interface ValueWithSource {
  readonly value: string | null;
  readonly source: 'redis' | 'memory';
  /** Age of the value in memory in ms; 0 when Redis answered. */
  readonly ageMs: number;
}

type Args = readonly unknown[];

/** How long a value that was only read stands in for what Redis has: its real time to live is not known. */
const readCopyTtlMs = 60_000;

const cacheLike = new Set(['get', 'set', 'mget', 'mset', 'del', 'exists', 'pexpire', 'ttl']);

/**
 * Answers cache-like commands from memory while Redis cannot. It knows what was written and read lately, keeps
 * times to live, and records writes in the journal. Whatever it does not know is not there: to a cache, a miss.
 */
export class MemoryFallback {
  readonly #values: BoundedStore<string>;
  readonly #journal: RecoveryJournal;
  readonly #prefixes: readonly string[];
  readonly #onDegraded: (reason: string) => void;

  constructor({ maxBytes, prefixes, journal, onDegraded }: MemoryFallbackOptions) {
    this.#values = new BoundedStore<string>({ maxBytes });
    this.#journal = journal;
    this.#prefixes = prefixes;
    this.#onDegraded = onDegraded;
  }

  /** `size` and `itemCount`: entries; `calculatedSize`: bytes. */
  get stats(): { size: number; calculatedSize: number; itemCount: number } {
    const { size, calculatedSize, itemCount } = this.#values;
    return { size: size + this.#journal.size, calculatedSize: calculatedSize + this.#journal.bytes, itemCount: itemCount + this.#journal.size };
  } // prettier-ignore

  /** Whether a command may be answered from memory. */
  handles(name: string, args: Args): boolean {
    return cacheLike.has(name) && keysOf(name, args).every((key) => this.#isCacheLike(key));
  }

  /** Whether memory knows better than Redis: a key of the command has a write that Redis does not have yet. */
  isAhead(name: string, args: Args): boolean {
    return this.#journal.size > 0 && cacheLike.has(name) && keysOf(name, args).some((key) => this.#journal.get(key));
  } // prettier-ignore

  /**
   * Answers a command as Redis would if it held what memory holds.
   *
   * @param failure why Redis does not; absent when memory is ahead of it
   * @throws {RedisUnavailableError} when a write does not fit into the journal any more
   */
  answer(name: string, args: Args, failure?: RedisError): unknown {
    if (failure !== undefined) this.#onDegraded(failure.kind);
    const key = String(args[0]);
    switch (name) {
      case 'get':
        return this.lookup(key).value;
      case 'mget':
        return args.map((each) => this.lookup(String(each)).value);
      case 'exists':
        return args.filter((each) => this.lookup(String(each)).value !== null).length;
      case 'ttl':
        return this.#ttlSeconds(key);
      case 'set':
        this.#record('set', key, ttlOf(args), textOf(args[1]));
        return 'OK';
      case 'mset':
        for (let at = 0; at < args.length; at += 2) {
          this.#record('set', String(args[at]), undefined, textOf(args[at + 1]));
        }
        return 'OK';
      case 'del':
        return args.filter((each) => this.#delete(String(each))).length;
      default:
        return this.#expire(key, Number(args[1]));
    }
  }

  /** What memory knows of a key. */
  lookup(key: string): ValueWithSource {
    const entry = this.#journal.get(key);
    if (entry?.kind === 'set') return { value: entry.value ?? '', source: 'memory', ageMs: Date.now() - entry.writtenAtUs / 1000 };
    const stored = entry?.kind === 'del' ? undefined : this.#values.getEntry(key);
    if (stored === undefined) return { value: null, source: 'memory', ageMs: 0 };
    return { value: stored.value, source: 'memory', ageMs: performance.now() - stored.storedAt };
  } // prettier-ignore

  /** Redis answered: remembers what it said, so that memory has something to say when it does not. */
  observe(name: string, args: Args, reply: unknown): void {
    switch (name) {
      case 'get':
        this.#remember(args[0], reply, readCopyTtlMs);
        break;
      case 'mget':
        args.forEach((key, index) => this.#remember(key, (reply as unknown[])[index], readCopyTtlMs));
        break;
      case 'set':
        this.#journal.forget(String(args[0]));
        this.#remember(args[0], textOf(args[1]), ttlOf(args));
        break;
      case 'mset':
        for (let at = 0; at < args.length; at += 2) {
          this.#journal.forget(String(args[at]));
          this.#remember(args[at], textOf(args[at + 1]));
        }
        break;
      case 'exists':
      case 'ttl':
        break;
      default:
        // Whatever else was done to these keys, memory does not know their values any more.
        for (const key of keysOf(name, args)) this.forget(key);
    }
  }

  /** A key has another value now. */
  forget(key: string): void {
    this.#values.delete(key);
    this.#journal.forget(key);
  }

  /** Redis has other data than before: copies of the old are worth nothing. What waits in the journal stays. */
  forgetCopies(): void {
    this.#values.clear();
  }

  #isCacheLike(key: string): boolean {
    return this.#prefixes.length === 0 || this.#prefixes.some((prefix) => key.startsWith(prefix));
  }

  #remember(key: unknown, value: unknown, ttlMs?: number): void {
    if (typeof key !== 'string' || !this.#isCacheLike(key)) return;
    if (typeof value === 'string') this.#values.set(key, value, ttlMs === undefined ? {} : { ttlMs });
    else this.#values.delete(key);
  }

  #record(kind: 'set' | 'expire' | 'del', key: string, ttlMs?: number, value?: string): void {
    if (this.#journal.record(kind, key, ttlMs, value)) {
      if (kind !== 'expire') this.#values.delete(key);
      return;
    }
    throw new RedisUnavailableError({
      code: 'REDIS_QUEUE_FULL',
      outcome: 'not-sent',
      message: 'The write was not kept: Redis is away and the journal is full (REDIS_JOURNAL_MAX_BYTES).',
    });
  }

  #delete(key: string): boolean {
    const existed = this.lookup(key).value !== null;
    this.#record('del', key);
    return existed;
  }

  #expire(key: string, ttlMs: number): 0 | 1 {
    const { value } = this.lookup(key);
    if (value === null) return 0;
    const written = this.#journal.get(key);
    if (written?.kind === 'set') this.#record('set', key, ttlMs, value);
    else {
      this.#record('expire', key, ttlMs);
      this.#values.set(key, value, { ttlMs });
    }
    return 1;
  }

  #ttlSeconds(key: string): number {
    const entry = this.#journal.get(key);
    const expiresAt = entry ? entry.expiresAt : this.#values.getEntry(key)?.expiresAt;
    if (expiresAt === undefined || entry?.kind === 'del') return -2;
    return expiresAt === Infinity ? -1 : Math.max(0, Math.round((expiresAt - performance.now()) / 1000));
  }
}

function keysOf(name: string, args: Args): string[] {
  switch (name) {
    case 'mget':
    case 'del':
    case 'exists':
      return args.map(String);
    case 'mset':
      return args.filter((_, index) => index % 2 === 0).map(String);
    default:
      return args.length > 0 ? [String(args[0])] : [];
  }
}

function ttlOf(args: Args): number | undefined {
  return args[2] === 'PX' ? Number(args[3]) : undefined;
}

function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('utf8') : String(value);
}
