import type { RedisService } from '@holdfast/redis';
import { systemClock } from '@holdfast/resilience';
import type { Keyv } from 'keyv';
import { OutageClears } from './clearing/outage-clears.js';
import { OutageDeletes } from './clearing/outage-deletes.js';
import { CacheOperations } from './diagnostics/cache-operations.js';
import { Flights } from './flights/flights.js';
import { ValueMaker } from './flights/value-maker.js';
import { CacheKeys } from './keys/cache-keys.js';
import { FactoryLocks } from './locks/factory-locks.js';
import { MemoryTier } from './memory/memory-tier.js';
import { type RedisCacheOptions, resolveCacheOptions } from './redis-cache.options.js';
import { RedisCacheService } from './redis-cache.service.js';
import { EntryStore } from './store/entry-store.js';
import { createKeyv } from './store/keyv-store.js';
import { createNarrowClient } from './store/narrow-client.js';
import { TagRegistry } from './tags/tag-registry.js';

/** A cache, for those who make and take values and for cache-manager. Both are the same cache. */
export interface RedisCache {
  readonly service: RedisCacheService;
  /** For `createCache({ stores: [keyv] })`. */
  readonly keyv: Keyv;
}

/**
 * Makes a cache without Nest, for scripts and tests. It borrows the connection of the service and ends with it.
 *
 * @throws {CacheError} naming the option that is wrong
 */
export function createRedisCache(redis: RedisService, options: RedisCacheOptions = {}): RedisCache {
  const { prefix, commandTimeoutMs: timeoutMs, lockTtlMs, memory: memoryOptions, policy } = resolveCacheOptions(options);
  const keys = new CacheKeys(prefix);
  const clock = systemClock;
  const wall = (): number => Date.now();
  const clears = new OutageClears({ redis, keys, wall });
  const stamp = (): number => clears.stamp();
  const flights = new Flights();
  const memory = memoryOptions && new MemoryTier(memoryOptions);
  const clear = async (): Promise<void> => {
    flights.outdate();
    await clears.clear();
    flights.outdate();
    memory?.clear();
  };
  const deletes = new OutageDeletes(redis, () => void clear().catch(() => undefined));
  const entries = new EntryStore({ redis, keys, deletes, clears, timeoutMs });
  const tags = new TagRegistry({ redis, keys, entries });
  const locks = new FactoryLocks({ redis, keys, clock, lockTtlMs, timeoutMs });
  const maker = new ValueMaker({ entries, tags, locks, clock, stamp, wall, random: Math.random });
  const operations = new CacheOperations(prefix, () => clock.now());
  const service = new RedisCacheService({ keys, entries, tags, flights, maker, memory, operations, policy, clock, clear, stamp, wall });
  const client = createNarrowClient({ redis, keys, entries, timeoutMs, clear });
  const changed = (names: readonly string[]): void => service.changed(names);
  const keyv = createKeyv({ client, entries, operations, stamp, wall, changed, defaultTtlMs: policy.ttlMs });
  // Values that are being made still reach Redis, or its journal.
  redis.onShutdown({ phase: 'workers', name: `cache ${prefix}`, run: () => flights.landed() });
  return { service, keyv };
} // prettier-ignore
