import { classifyCommand } from '../commands/command-class.js';
import { type RedisError, RedisUnavailableError } from '../errors/redis-error.js';
import { type Args, isCacheLike, keysOf, textOf, ttlOf } from './cache-like-commands.js';
import { Copies, type CopiesOptions } from './copies.js';
import type { JournalWrite, RecoveryJournal } from './recovery-journal.js';

export interface MemoryFallbackOptions extends CopiesOptions {
  /** Only keys with one of these prefixes are cache-like; all are when there is none. */
  readonly prefixes: readonly string[];
  /** By the same clock. */
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

/** Where several answers came from. */
export interface ValuesWithSource {
  /** In the order of the keys; `null` where there is none. */
  readonly values: ReadonlyArray<string | null>;
  /** Of all of them: memory answers for every key, or for none. */
  readonly source: 'redis' | 'memory';
}

/** What memory knows of a key. */
interface Known {
  readonly value: string;
  /** Monotonic time in ms, of this and the next. */
  readonly since: number;
  readonly expiresAt: number;
  /** It is in the journal: Redis does not have it yet. */
  readonly isJournaled: boolean;
}

/**
 * Answers cache-like commands from memory while Redis cannot. It knows what was written and read lately, keeps
 * times to live, and records writes in the journal. Whatever it does not know is not there: to a cache, a miss.
 */
export class MemoryFallback {
  readonly #options: MemoryFallbackOptions;
  readonly #copies: Copies;
  readonly #journal: RecoveryJournal;
  #sealed = false;

  constructor(options: MemoryFallbackOptions) {
    this.#options = options;
    this.#copies = new Copies(options);
    this.#journal = options.journal;
  }

  /** `size` and `itemCount`: entries; `calculatedSize`: bytes. */
  get stats(): { size: number; calculatedSize: number; itemCount: number } {
    const size = this.#copies.size + this.#journal.size;
    return { size, calculatedSize: this.#copies.bytes + this.#journal.bytes, itemCount: size };
  }

  /** Whether a command may be answered from memory. */
  handles(name: string, args: Args): boolean {
    return !this.#sealed && isCacheLike(name, args) && keysOf(name, args).every((key) => this.#mayHold(key));
  }

  /** Whether a key of the command has a write that Redis does not have yet. */
  isAhead(name: string, args: Args): boolean {
    return this.#journal.size > 0 && keysOf(name, args).some((key) => this.#journal.get(key));
  }

  /** Whether there are writes that Redis does not have yet. */
  get hasWrites(): boolean {
    return this.#journal.size > 0;
  }

  /** Takes nothing more: nobody will bring it into Redis any more. */
  seal(): void {
    this.#sealed = true;
  }

  /**
   * Answers a command as Redis would if it held what memory holds. Only for what it {@link handles}.
   *
   * @param failure why Redis does not; absent when memory is ahead of it
   * @throws {RedisUnavailableError} when a write does not fit into the journal any more; nothing of it is kept
   */
  answer(name: string, args: Args, failure?: RedisError): unknown {
    if (failure !== undefined) this.#options.onDegraded(failure.kind);
    const keys = keysOf(name, args);
    const key = keys[0] as string;
    switch (name) {
      case 'get':
        return this.#known(key)?.value ?? null;
      case 'mget':
        return keys.map((each) => this.#known(each)?.value ?? null);
      case 'exists':
        return keys.filter((each) => this.#known(each)).length;
      case 'ttl':
        return this.#ttlSeconds(key);
      case 'set':
        this.#record([{ kind: 'set', key, value: textOf(args[1]), ttlMs: ttlOf(args) }]);
        return 'OK';
      case 'mset':
        this.#record(keys.map((each, at) => ({ kind: 'set', key: each, value: textOf(args[2 * at + 1]) })));
        return 'OK';
      case 'del':
      case 'unlink': {
        const existing = new Set(keys.filter((each) => this.#known(each)));
        this.#record(keys.map((each) => ({ kind: 'del', key: each })));
        return existing.size;
      }
      default:
        return this.#expire(key, Number(args[1]));
    }
  }

  /** What memory answers to `GET`, and how old it is. */
  lookup(key: string): ValueWithSource {
    const known = this.#known(key);
    if (known === undefined) return { value: null, source: 'memory', ageMs: 0 };
    return { value: known.value, source: 'memory', ageMs: this.#options.now() - known.since };
  }

  /** Redis answered: remembers what it said, so that memory has something to say when it does not. */
  observe(name: string, args: Args, reply: unknown): void {
    if (name === 'get') {
      this.#wasRead(args[0], reply);
      return;
    }
    const keys = keysOf(name, args);
    switch (name) {
      case 'mget':
        args.forEach((key, at) => this.#wasRead(key, (reply as unknown[])[at]));
        break;
      case 'set':
        this.forget(keys[0] as string);
        if (this.handles(name, args)) this.#copies.written(keys[0] as string, textOf(args[1]), ttlOf(args));
        break;
      case 'mset':
        for (let at = 0; at < args.length; at += 2) this.observe('set', args.slice(at, at + 2), reply);
        break;
      case 'flushdb':
      case 'flushall':
        this.#copies.clear();
        this.#journal.clear();
        break;
      default:
        if (classifyCommand(name, args) === 'read') break;
        // Whatever else was done to these keys, memory does not know their values any more.
        for (const key of keys) this.forget(key);
    }
  }

  /** A key has another value now. */
  forget(key: string): void {
    this.#copies.delete(key);
    this.#journal.forget(key);
  }

  /** Redis has other data than before: copies of the old are worth nothing. What waits in the journal stays. */
  forgetCopies(): void {
    this.#copies.clear();
  }

  #mayHold(key: string): boolean {
    const { prefixes } = this.#options;
    return prefixes.length === 0 || prefixes.some((prefix) => key.startsWith(prefix));
  }

  /** What Redis would hold if it had the journal. */
  #known(key: string): Known | undefined {
    const entry = this.#journal.get(key);
    if (entry?.kind === 'del') return undefined;
    if (entry?.kind === 'set') {
      const { value = '', writtenAt: since, expiresAt } = entry;
      return { value, since, expiresAt, isJournaled: true };
    }
    const copy = this.#copies.get(key);
    if (copy === undefined) return undefined;
    return { value: copy.value, since: copy.knownAt, expiresAt: copy.expiresAt, isJournaled: false };
  }

  #wasRead(key: unknown, value: unknown): void {
    if (typeof key === 'string' ? this.#sealed || !this.#mayHold(key) : !this.handles('get', [key])) return;
    // The answer to a read that was under way is older than what was written meanwhile.
    if (this.#journal.get(textOf(key)) === undefined) this.#copies.read(textOf(key), value);
  }

  #record(writes: readonly JournalWrite[]): void {
    if (this.#journal.record(writes)) {
      for (const { kind, key } of writes) if (kind !== 'expire') this.#copies.delete(key);
      return;
    }
    throw new RedisUnavailableError({
      code: 'REDIS_QUEUE_FULL',
      outcome: 'not-sent',
      message: 'The write was not kept: Redis is away and the journal is full (REDIS_JOURNAL_MAX_BYTES).',
    });
  }

  #expire(key: string, ttlMs: number): 0 | 1 {
    const known = this.#known(key);
    if (known === undefined) return 0;
    if (known.isJournaled) this.#record([{ kind: 'set', key, ttlMs, value: known.value }]);
    else {
      this.#record([{ kind: 'expire', key, ttlMs }]);
      this.#copies.expire(key, ttlMs);
    }
    return 1;
  }

  #ttlSeconds(key: string): number {
    const known = this.#known(key);
    if (known === undefined) return -2;
    if (known.expiresAt === Infinity) return -1;
    return Math.max(0, Math.round((known.expiresAt - this.#options.now()) / 1000));
  }
}
