import { RedisError } from '@holdfast/redis';
import { redisInsStore } from 'cache-manager-ioredis-yet';
import { Keyv, type KeyvStoreAdapter } from 'keyv';
import { type CacheEntry, encodeEntry } from '../entries/cache-entry.js';
import { checkLifeMs } from '../redis-cache.options.js';
import type { CacheOperations } from '../diagnostics/cache-operations.js';
import type { EntryStore } from './entry-store.js';
import type { NarrowRedisClient } from './narrow-client.js';

/** What Keyv gives to and wants from a store that serialises by itself. */
interface Envelope {
  readonly value: unknown;
  readonly expires?: number | undefined;
}

/** What is used of `cache-manager-ioredis-yet`. */
interface IoredisStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttl?: number): Promise<void>;
  mget(...keys: string[]): Promise<unknown[]>;
  del(key: string): Promise<void>;
  mdel(...keys: string[]): Promise<void>;
  reset(): Promise<void>;
  keys(pattern?: string): Promise<string[]>;
}

export interface KeyvStoreInit {
  readonly client: NarrowRedisClient;
  readonly entries: EntryStore;
  readonly operations: CacheOperations;
  /** Wall clock in ms for what is made now. */
  stamp(): number;
  /** Wall clock in ms. */
  wall(): number;
  /** For what is set without one; `undefined` for ever. */
  readonly defaultTtlMs: number | undefined;
  /** Keys were written or deleted: what else is known of them is outdated. */
  changed(keys: readonly string[]): void;
}

/**
 * The Redis tier of `CACHE_MANAGER`: `cache-manager-ioredis-yet` on the narrow client, as a store for Keyv.
 *
 * Reading never rejects because of Redis: what cannot be read is not there. Neither does writing: what cannot be
 * written is not kept. Deleting and clearing do, when neither Redis nor memory took it: somebody must know.
 */
export function createKeyv(init: KeyvStoreInit): Keyv {
  // Errors of the caller must reach it. Keyv's own prefix is not used: it is put before some keys twice, or not at all.
  return new Keyv({
    store: new KeyvStore(init),
    throwOnErrors: true,
    ttl: init.defaultTtlMs,
    useKeyPrefix: false,
    serialize: undefined,
    deserialize: undefined,
  });
}

class KeyvStore implements KeyvStoreAdapter {
  /** Makes Keyv offer its iterator. */
  readonly opts = { dialect: 'redis', url: '' };
  namespace?: string;
  readonly #init: KeyvStoreInit;
  readonly #store: IoredisStore;

  constructor(init: KeyvStoreInit) {
    this.#init = init;
    this.#store = redisInsStore(init.client as never) as unknown as IoredisStore;
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return (await this.getMany<Value>([key]))[0] as Value | undefined;
  }

  async getMany<Value>(keys: string[]): Promise<Array<Value | undefined>> {
    const { entries, operations, wall } = this.#init;
    const end = operations.begin('get');
    const texts = keys.length === 1 ? [await this.#store.get(keys[0] as string)] : await this.#store.mget(...keys);
    const found = await entries.current(entries.decode(texts as Array<string | undefined>));
    const now = wall();
    const fresh = found.map((entry) => (isFresh(entry, now) ? envelopeOf(entry) : undefined));
    if (fresh.some((entry) => entry !== undefined)) end('hit', entries.source);
    else end('miss');
    return fresh as Array<Value | undefined>;
  } // prettier-ignore

  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.#kept([key, this.#textOf(value as Envelope, ttl), ttl]);
  }

  async setMany(rows: Array<{ key: string; value: unknown; ttl?: number }>): Promise<void> {
    const texts = rows.map(({ key, value, ttl }): Row => [key, this.#textOf(value as Envelope, ttl), ttl]);
    await Promise.all(texts.map((row) => this.#kept(row)));
  }

  async delete(key: string): Promise<boolean> {
    return this.deleteMany([key]);
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    const { changed } = this.#init;
    changed(keys);
    if (keys.length === 1) await this.#store.del(keys[0] as string);
    else if (keys.length > 1) await this.#store.mdel(...keys);
    changed(keys);
    return true;
  }

  async clear(): Promise<void> {
    await this.#store.reset();
  }

  async has(key: string): Promise<boolean> {
    return (await this.get(key)) !== undefined;
  }

  /** Every key and value, by SCAN. */
  async *iterator<Value>(): AsyncGenerator<Array<string | Awaited<Value> | undefined>, void> {
    for (const key of await this.#store.keys()) {
      const envelope = await this.get<Awaited<Value>>(key);
      if (envelope !== undefined) yield [key, envelope];
    }
  }

  on(): this {
    return this;
  }

  #textOf({ value }: Envelope, ttl: number | undefined): string {
    const lifeMs = lifeOf(ttl);
    const at = this.#init.stamp();
    return encodeEntry({ value, at, ...(lifeMs === undefined ? {} : { expires: at + lifeMs }) });
  }

  async #kept([key, text, ttl]: Row): Promise<boolean> {
    const end = this.#init.operations.begin('set');
    this.#init.changed([key]);
    try {
      await this.#store.set(key, text, lifeOf(ttl));
    } catch (error) {
      end('error');
      if (RedisError.isRedisError(error)) return false;
      throw error;
    } finally {
      this.#init.changed([key]);
    }
    end('done');
    return true;
  }
}

type Row = [key: string, text: string, ttl: number | undefined];

/** Keyv means by 0 what it means by `undefined`: for ever. */
function lifeOf(ttl: number | undefined): number | undefined {
  return ttl === undefined || ttl === 0 ? undefined : checkLifeMs('ttl', ttl);
}

function isFresh(entry: CacheEntry | undefined, now: number): entry is CacheEntry {
  return entry !== undefined && (entry.expires === undefined || now < entry.expires);
}

function envelopeOf({ value, expires }: CacheEntry): Envelope {
  return { value, expires };
}
