import { RedisError, type RedisService } from '@holdfast/redis';
import { CacheError } from '../cache.errors.js';
import { scanKeys } from '../clearing/key-scan.js';
import { isEntryText } from '../entries/cache-entry.js';
import type { CacheKeys } from '../keys/cache-keys.js';
import type { EntryStore } from './entry-store.js';

export interface NarrowClientInit {
  readonly redis: RedisService;
  readonly keys: CacheKeys;
  readonly entries: EntryStore;
  readonly timeoutMs: number;
  /** Removes everything that is this cache's own. */
  clear(): Promise<void>;
}

/** What `cache-manager-ioredis-yet` calls on its client, and nothing else. */
export interface NarrowRedisClient {
  get(key: string): Promise<string | null>;
  set(key: string, text: string, ...life: [] | ['PX', number]): Promise<'OK'>;
  mget(keys: readonly string[]): Promise<Array<string | null>>;
  mset(pairs: readonly string[]): Promise<'OK'>;
  del(keys: string | readonly string[]): Promise<number>;
  pttl(key: string): Promise<number>;
  keys(pattern: string): Promise<string[]>;
  flushdb(): Promise<'OK'>;
  multi(): NarrowTransaction;
}

export interface NarrowTransaction {
  set(key: string, text: string, ...life: [] | ['PX', number]): NarrowTransaction;
  exec(): Promise<unknown>;
}

/**
 * A client that knows one cache: its keys are below the prefix of the cache, `flushdb` removes these alone and
 * `keys` is a SCAN of them. Everything goes through `RedisService`, with its circuit breaker, memory and journal.
 *
 * The store above makes telejson of what it is given, and evaluates telejson on reading. It is only ever given text
 * of an entry, and gets only such text back, as one JSON string: that begins like nothing telejson would revive. In
 * Redis stands the text itself, so no other writer gets anything evaluated either.
 */
export function createNarrowClient({ redis, keys, entries, timeoutMs, clear }: NarrowClientInit): NarrowRedisClient {
  const set = async (key: string, text: string, ...life: [] | ['PX', number]): Promise<'OK'> => {
    await entries.writeText(key, entryOf(text), life[1]);
    return 'OK';
  };
  const mget = async (names: readonly string[]): Promise<Array<string | null>> => {
    if (names.length === 0) return [];
    try {
      return (await redis.mget(names.map((key) => keys.entry(key)), { timeoutMs })).map(quoted);
    } catch (error) {
      if (!RedisError.isRedisError(error)) throw error;
      return names.map(() => null);
    }
  };
  return {
    set,
    mget,
    // Not GET, which fails for keys that hold something else than a string.
    get: async (key) => (await mget([key]))[0] ?? null,
    async mset(pairs) {
      const writes = pairs.flatMap((key, at) => (at % 2 === 0 ? [set(key, pairs[at + 1] as string)] : []));
      await Promise.all(writes);
      return 'OK';
    },
    async del(names) {
      const all = typeof names === 'string' ? [names] : names;
      await entries.delete(all);
      return all.length;
    },
    pttl: (key) => redis.guard('cache-pttl', (client) => client.pttl(keys.entry(key))),
    async keys(pattern) {
      const found = new Set<string>();
      for await (const batch of scanKeys(redis, keys.entry('*').slice(0, -1), pattern)) {
        for (const key of batch) found.add(keys.keyOf(key));
      }
      return [...found];
    },
    async flushdb() {
      await clear();
      return 'OK';
    },
    multi() {
      const writes: Array<() => Promise<'OK'>> = [];
      const transaction: NarrowTransaction = {
        set(key, text, ...life) {
          writes.push(() => set(key, text, ...life));
          return transaction;
        },
        exec: () => Promise.all(writes.map((write) => write())),
      };
      return transaction;
    },
  };
} // prettier-ignore

/** The text of an entry out of telejson's rendering of it, which is that of any string. */
function entryOf(telejson: string): string {
  const text: unknown = JSON.parse(telejson);
  if (isEntryText(text)) return text;
  throw new CacheError('CACHE_INVALID_VALUE', 'This store keeps entries of this cache only.');
}

/** One JSON string; `null` for what is no entry. */
function quoted(text: string | null): string | null {
  return isEntryText(text) ? JSON.stringify(text) : null;
}
