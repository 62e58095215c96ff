import { RedisError, type RedisService } from '@holdfast/redis';
import type { OutageClears } from '../clearing/outage-clears.js';
import type { OutageDeletes } from '../clearing/outage-deletes.js';
import { type CacheEntry, decodeEntry, encodeEntry } from '../entries/cache-entry.js';
import type { CacheKeys } from '../keys/cache-keys.js';

export interface EntryStoreInit {
  readonly redis: RedisService;
  readonly keys: CacheKeys;
  readonly deletes: OutageDeletes;
  readonly clears: OutageClears;
  /** Longest wait for a read or write before memory stands in. */
  readonly timeoutMs: number;
}

/** Whether Redis answered, or memory in its place. */
export type StoreSource = 'redis' | 'memory';

/** What was found under a key. */
export interface Lookup {
  /** Absent when there is none, it is no entry, or it was made before its tags were invalidated or the cache cleared. */
  readonly entry: CacheEntry | undefined;
  readonly source: StoreSource;
  /** Versions of the tags that were asked for; `null` where there is none. */
  readonly versions: ReadonlyMap<string, string | null>;
  /** What stands in the lock of the key, when that was asked for. */
  readonly lock: string | null;
}

/** Reads and writes entries in Redis, or in memory while Redis is away. */
export class EntryStore {
  readonly #init: EntryStoreInit;

  constructor(init: EntryStoreInit) {
    this.#init = init;
  }

  /**
   * One round trip; a second one for an entry with tags that were not asked for. Never rejects because of Redis.
   *
   * @param tags must all be tags of the entry, or it does not count
   */
  async lookup(key: string, tags: readonly string[] = [], withLock = false): Promise<Lookup> {
    const { keys } = this.#init;
    const stored = [keys.entry(key), ...tags.map((tag) => keys.tag(tag)), ...(withLock ? [keys.lock(key)] : [])];
    const { texts, source } = await this.#read(stored);
    const versions = new Map(tags.map((tag, at) => [tag, texts[at + 1] ?? null]));
    const lock = withLock ? (texts.at(-1) ?? null) : null;
    const found = this.#notCleared(decodeEntry(texts[0]), source);
    const isTagged = tags.every((tag) => found?.tags !== undefined && Object.hasOwn(found.tags, tag));
    const entry = found && isTagged ? (await this.current([found], versions))[0] : undefined;
    return { entry, source, versions, lock };
  } // prettier-ignore

  /**
   * Leaves out what was made before one of its tags was invalidated, or before the cache was cleared.
   *
   * @param known versions read no earlier than the entries
   */
  async current(
    entries: ReadonlyArray<CacheEntry | undefined>,
    known: ReadonlyMap<string, string | null> = new Map(),
  ): Promise<Array<CacheEntry | undefined>> {
    const wanted = new Set(entries.flatMap((entry) => Object.keys(entry?.tags ?? {})));
    const unknown = [...wanted].filter((tag) => !known.has(tag));
    const versions = unknown.length === 0 ? known : new Map([...known, ...(await this.versions(unknown))]);
    return entries.map((entry) =>
      Object.entries(entry?.tags ?? {}).every(([tag, version]) => versions.get(tag) === version) ? entry : undefined,
    );
  } // prettier-ignore

  /** Versions that tags have now; `null` where there is none. */
  async versions(tags: readonly string[]): Promise<Map<string, string | null>> {
    const { texts } = await this.#read(tags.map((tag) => this.#init.keys.tag(tag)));
    return new Map(tags.map((tag, at) => [tag, texts[at] ?? null]));
  }

  /** Who answers now, as far as is known. */
  get source(): StoreSource {
    return this.#init.redis.getFallbackState().active ? 'memory' : 'redis';
  }

  /** Entries of texts that were just read, without those of a time before the cache was cleared. */
  decode(texts: ReadonlyArray<string | null | undefined>): Array<CacheEntry | undefined> {
    return texts.map((text) => this.#notCleared(decodeEntry(text), this.source));
  }

  /**
   * @param lifeMs how long it is kept; `undefined` for ever
   * @throws {CacheError} when the value has no JSON
   * @throws {RedisUnavailableError} when neither Redis nor memory took it
   */
  async write(key: string, entry: CacheEntry, lifeMs: number | undefined): Promise<void> {
    await this.writeText(key, encodeEntry(entry), lifeMs);
  }

  /** Like {@link write}, with what is encoded already. */
  async writeText(key: string, text: string, lifeMs: number | undefined): Promise<void> {
    const { redis, keys, timeoutMs } = this.#init;
    await redis.set(keys.entry(key), text, lifeMs === undefined ? undefined : lifeMs / 1000, { timeoutMs });
  }

  /**
   * Deletes entries, and lets go of factories that are under way for them in other processes: what they give is not kept.
   *
   * @throws {RedisUnavailableError} when neither Redis nor memory took it
   */
  async delete(names: readonly string[]): Promise<void> {
    const { keys } = this.#init;
    await this.unlink(names.flatMap((key) => [keys.entry(key), keys.lock(key)]));
  }

  /** Takes versions from tags: whatever was made with them is outdated. Rejects as {@link delete} does. */
  async deleteVersions(tags: readonly string[]): Promise<void> {
    await this.unlink(tags.map((tag) => this.#init.keys.tag(tag)));
  }

  async unlink(stored: readonly string[]): Promise<void> {
    if (stored.length === 0) return;
    await this.#init.redis.unlink(...stored);
    this.#init.deletes.deleted(stored);
  }

  #notCleared(entry: CacheEntry | undefined, source: StoreSource): CacheEntry | undefined {
    return entry && this.#init.clears.isCleared(entry.at, source) ? undefined : entry;
  }

  async #read(stored: readonly string[]): Promise<{ texts: ReadonlyArray<string | null>; source: StoreSource }> {
    const { redis, timeoutMs } = this.#init;
    try {
      const { values, source } = await redis.mgetWithSource(stored, { timeoutMs });
      return { texts: values, source };
    } catch (error) {
      if (!RedisError.isRedisError(error)) throw error;
      return { texts: [], source: 'memory' };
    }
  } // prettier-ignore
}
