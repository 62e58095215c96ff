import { type Clock, Deadline, OperationAbortedError } from '@holdfast/resilience';
import { CacheTimeoutError } from './cache.errors.js';
import type { CacheOperations, CacheSource } from './diagnostics/cache-operations.js';
import { type CacheEntry, decodeEntry } from './entries/cache-entry.js';
import type { Flight } from './flights/flight.js';
import type { Flights } from './flights/flights.js';
import { freshness, isDue } from './flights/freshness.js';
import type { CacheFactory, ValueMaker } from './flights/value-maker.js';
import type { CacheKeys } from './keys/cache-keys.js';
import type { MemoryTier } from './memory/memory-tier.js';
import { type CachePolicy, type ResolvedCachePolicy, resolvePolicy } from './redis-cache.options.js';
import type { EntryStore, Lookup } from './store/entry-store.js';
import type { TagRegistry } from './tags/tag-registry.js';

/** How a value is to be kept. */
export interface CacheSetOptions extends Pick<CachePolicy, 'ttlMs' | 'graceMs'> {
  /** Names under which it can be invalidated together with others. */
  tags?: readonly string[];
}

/** How a value is to be had. */
export interface GetOrSetOptions extends CachePolicy {
  /** Names under which it can be invalidated together with others. */
  tags?: readonly string[];
  /** Ends the wait of this call alone; the factory goes on for the others. */
  signal?: AbortSignal;
}

/** A value, and where it comes from. */
export interface CacheResult<T> {
  readonly value: T;
  /** `memory` also where memory stands in for Redis. */
  readonly source: CacheSource;
  /** Milliseconds since it was known to be true: since its factory was called, or it was set. */
  readonly ageMs: number;
  /** It is not fresh any more, but within its grace. */
  readonly isStale: boolean;
}

export interface RedisCacheServiceInit {
  readonly keys: CacheKeys;
  readonly entries: EntryStore;
  readonly tags: TagRegistry;
  readonly flights: Flights;
  readonly maker: ValueMaker;
  readonly memory: MemoryTier | undefined;
  readonly operations: CacheOperations;
  readonly policy: ResolvedCachePolicy;
  readonly clock: Clock;
  /** Removes everything that is this cache's own. */
  clear(): Promise<void>;
  /** Wall clock in ms for what is made now. */
  stamp(): number;
  /** Wall clock in ms. */
  wall(): number;
}

/**
 * A cache in Redis that makes its values: one call of a factory a key, in all processes together. It has the
 * same keys and values as `CACHE_MANAGER`.
 *
 * Reads never reject because of Redis: what cannot be read is not there. In an outage memory stands in for Redis,
 * as far as `REDIS_FALLBACK` allows.
 */
export class RedisCacheService {
  readonly #init: RedisCacheServiceInit;

  constructor(init: RedisCacheServiceInit) {
    this.#init = init;
  }

  /**
   * The value of a key, `undefined` when there is none that is fresh.
   *
   * @throws {CacheError} for what is no key
   */
  async get<T>(key: string): Promise<T | undefined> {
    return (await this.getWithSource<T>(key))?.value;
  }

  /** Like {@link get}, with where the value comes from and how old it is. */
  async getWithSource<T>(key: string): Promise<CacheResult<T> | undefined> {
    const { operations, memory, entries } = this.#init;
    const end = operations.begin('get');
    const near = memory?.get(key);
    const changes = memory?.changes ?? 0;
    const { entry, source } = near ? { entry: near, source: 'memory' as const } : await entries.lookup(key);
    if (entry === undefined || freshness(entry, 0, this.#init.wall()) !== 'fresh') {
      end('miss');
      return undefined;
    }
    if (near === undefined) memory?.keep(key, entry, changes);
    end('hit', source);
    return this.#result<T>(entry, source, false);
  }

  /**
   * Stores a value. `undefined` deletes the key.
   *
   * @throws {CacheError} for a key, value or option that cannot be; nothing has changed then
   * @throws {RedisUnavailableError} when neither Redis nor memory took it
   */
  async set(key: string, value: unknown, options: CacheSetOptions = {}): Promise<void> {
    if (value === undefined) return this.delete(key);
    const { entries, tags: registry, policy, operations, stamp } = this.#init;
    const { ttlMs, graceMs } = resolvePolicy(policy, options);
    return operations.run('set', async () => {
      const tags = unique(options.tags);
      const versions = tags.length === 0 ? undefined : await registry.versionsFor(tags, await entries.versions(tags));
      const at = stamp();
      const expires = ttlMs === undefined ? {} : { expires: at + ttlMs };
      const entry: CacheEntry = { value, at, ...expires, ...(versions ? { tags: versions } : {}) };
      this.changed([key]);
      await entries.write(key, entry, ttlMs === undefined ? undefined : ttlMs + graceMs);
      this.changed([key]);
    });
  } // prettier-ignore

  /**
   * Deletes keys. What factories are making for them meanwhile is not kept.
   *
   * @throws {RedisUnavailableError} when neither Redis nor memory took it
   */
  async delete(...keys: readonly string[]): Promise<void> {
    await this.#init.operations.run('delete', async () => {
      this.changed(keys);
      await this.#init.entries.delete(keys);
      this.changed(keys);
    });
  }

  /**
   * From now on nothing is to be had that was made before with one of these tags, not even within its grace. It
   * takes one command, however many values there are.
   *
   * @throws {RedisUnavailableError} when neither Redis nor memory took it
   */
  async invalidateTags(...tags: readonly string[]): Promise<void> {
    if (tags.length === 0) return;
    await this.#init.operations.run('invalidateTags', async () => {
      await this.#init.tags.invalidate(tags);
      this.#init.memory?.clear();
    });
  }

  /**
   * Removes everything of this cache, and nothing else.
   *
   * @throws {RedisUnavailableError} when Redis is away and memory does not stand in
   */
  async clear(): Promise<void> {
    await this.#init.operations.run('clear', () => this.#init.clear());
  }

  /**
   * The value of a key, made by the factory when there is none that is fresh.
   *
   * All callers wait for one call of the factory, in all processes. A value within its grace is given when the factory
   * fails, or is slower than `softTimeoutMs`. `null` is a value; `undefined` is given to the callers and not kept.
   * Everybody gets what a later reader would get: the value as JSON keeps it.
   *
   * @throws what the factory throws, when there is no value within its grace
   * @throws {CacheTimeoutError} when there is none within `hardTimeoutMs` either
   * @throws {OperationAbortedError} when `signal` aborts
   * @throws {CacheError} for a key, option or value that cannot be
   */
  async getOrSet<T>(key: string, factory: CacheFactory<T>, options: GetOrSetOptions = {}): Promise<T> {
    return (await this.getOrSetWithSource(key, factory, options)).value;
  }

  /** Like {@link getOrSet}, with where the value comes from and how old it is. */
  async getOrSetWithSource<T>(key: string, factory: CacheFactory<T>, options: GetOrSetOptions = {}): Promise<CacheResult<T>> {
    const { operations, policy: defaults, clock } = this.#init;
    const policy = resolvePolicy(defaults, options);
    this.#init.keys.entry(key);
    if (options.signal?.aborted) throw new OperationAbortedError(options.signal.reason);
    const end = operations.begin('getOrSet');
    const request: Request = { key, factory, policy, tags: unique(options.tags), signal: options.signal, deadline: Deadline.after(policy.hardTimeoutMs, clock) };
    try {
      const result = await this.#find<T>(request);
      end(result.source === 'factory' ? 'factory' : result.isStale ? 'stale' : 'hit', result.source);
      return result;
    } catch (error) {
      end('error');
      throw error;
    }
  } // prettier-ignore

  /**
   * @internal What is known of these keys elsewhere, or being made for them, is outdated. To be said before they are
   * written, so that nothing older is written behind that, and afterwards, of what was read meanwhile.
   */
  changed(keys: readonly string[]): void {
    this.#init.flights.outdate(keys);
    this.#init.memory?.delete(keys);
  }

  async #find<T>(request: Request): Promise<CacheResult<T>> {
    const { key, policy, tags } = request;
    const { memory, entries, flights } = this.#init;
    const near = memory?.get(key);
    if (near && freshness(near, 0, this.#init.wall()) === 'fresh') return this.#result<T>(near, 'memory', false);
    const changes = memory?.changes ?? 0;
    const joined = tags.length === 0 && policy.graceMs === 0 ? flights.find(key, new Map()) : undefined;
    if (joined) return this.#await<T>(joined, request, undefined);
    const lookup = await entries.lookup(key, tags);
    const { entry, source } = lookup;
    const now = this.#init.wall();
    const state = freshness(entry, policy.graceMs, now);
    if (entry && state === 'fresh') {
      memory?.keep(key, entry, changes);
      if (isDue(entry, policy.refreshAheadRatio, now)) this.#refresh(request, lookup);
      return this.#result<T>(entry, source, false);
    }
    const stale = entry && state === 'stale' ? this.#result<T>(entry, source, true) : undefined;
    return this.#await<T>(this.#flight(request, lookup), request, stale);
  } // prettier-ignore

  async #await<T>(
    flight: Flight,
    request: Request,
    stale: CacheResult<T> | undefined,
  ): Promise<CacheResult<T>> {
    const { policy, deadline, signal } = request;
    const patience = stale ? Deadline.after(policy.softTimeoutMs, this.#init.clock).min(deadline) : deadline;
    const outcome = await flight.within(patience, signal);
    if (outcome?.kind === 'value') {
      const entry = decodeEntry(outcome.text) as CacheEntry;
      return this.#result<T>(entry, outcome.source, false);
    }
    if (stale) return stale;
    throw outcome === undefined ? new CacheTimeoutError(policy.hardTimeoutMs) : outcome.error;
  }

  #flight(request: Request, lookup: Lookup): Flight {
    const { flights, maker } = this.#init;
    const { key } = request;
    return (
      flights.find(key, lookup.versions) ??
      flights.start(key, (flight, arrive) => maker.make({ ...request, lookup }, flight, arrive))
    );
  }

  /** Makes the next value in the background; what becomes of it only the channel tells. */
  #refresh(request: Request, lookup: Lookup): void {
    const { flights, operations } = this.#init;
    if (flights.find(request.key, lookup.versions)) return;
    const end = operations.begin('refresh');
    void this.#flight(request, lookup).outcome.then((outcome) =>
      outcome.kind === 'value' ? end('factory', outcome.source) : end('error'),
    );
  }

  #result<T>({ value, at }: CacheEntry, source: CacheSource, isStale: boolean): CacheResult<T> {
    return { value: value as T, source, ageMs: Math.max(0, this.#init.wall() - at), isStale };
  }
}

interface Request {
  readonly key: string;
  readonly factory: CacheFactory<unknown>;
  readonly policy: ResolvedCachePolicy;
  readonly tags: readonly string[];
  readonly signal: AbortSignal | undefined;
  /** Of this call. */
  readonly deadline: Deadline;
}

function unique(tags: readonly string[] = []): string[] {
  return [...new Set(tags)];
}
