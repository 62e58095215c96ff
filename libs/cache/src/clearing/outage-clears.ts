import { RedisError, type RedisService } from '@holdfast/redis';
import { headerLength, madeAt } from '../entries/cache-entry.js';
import type { CacheKeys } from '../keys/cache-keys.js';
import { scanKeys } from './key-scan.js';

/** Other processes have come back by then and have seen that the cache was cleared. */
const markerTtlSeconds = 3_600;

export interface OutageClearsInit {
  readonly redis: RedisService;
  readonly keys: CacheKeys;
  /** Wall clock in ms. */
  wall(): number;
}

/**
 * Clears a cache: at once where Redis can be reached. In an outage it remembers when, takes everything that
 * is older for gone, and leaves a marker in the journal; when Redis is back, every process that comes back finds
 * the marker and removes what is older than it.
 */
export class OutageClears {
  readonly #init: OutageClearsInit;
  /** Wall clock in ms: what memory holds from then or before is gone. */
  #clearedAt = 0;
  /** Redis still has some of it. */
  #isPending = false;
  #sweeping = Promise.resolve();

  constructor(init: OutageClearsInit) {
    this.#init = init;
    init.redis.events.on('fallback', ({ active }) => {
      if (!active) this.#sweep();
    });
    init.redis.onShutdown({ phase: 'buffers', name: 'clear of the cache', run: () => this.#sweeping });
  }

  /** Wall clock in ms for what is made now: always later than what was cleared. */
  stamp(): number {
    return Math.max(Math.trunc(this.#init.wall()), this.#clearedAt + 1);
  }

  /** Whether what was made then is gone, whoever still has it. */
  isCleared(at: number, source: 'redis' | 'memory'): boolean {
    return at <= this.#clearedAt && (this.#isPending || source === 'memory');
  }

  /**
   * @throws {RedisUnavailableError} when Redis is away and nothing may be written to memory
   * @throws {RedisReplyError} when Redis refuses it
   */
  async clear(): Promise<void> {
    const clearedAt = this.stamp();
    try {
      await this.#removeAll();
      this.#clearedAt = clearedAt;
    } catch (error) {
      // Redis is there and refuses, for instance by its ACL.
      if (!RedisError.isRedisError(error) || error.code === 'REDIS_REPLY') throw error;
      await this.#init.redis.set(this.#init.keys.cleared, String(clearedAt), markerTtlSeconds);
      this.#clearedAt = clearedAt;
      this.#isPending = true;
      // Redis took the marker after all: nobody will tell of an outage that has ended.
      if (!this.#init.redis.getFallbackState().active) this.#sweep();
    }
  }

  async #removeAll(): Promise<void> {
    const { redis, keys } = this.#init;
    for await (const batch of scanKeys(redis, keys.prefix)) {
      const own = batch.filter((key) => keys.isOwn(key));
      if (own.length > 0) await redis.strict.unlink(...own);
    }
  }

  #sweep(): void {
    // Gone again: the end of the next outage is another occasion.
    this.#sweeping = this.#sweeping.then(() => this.#removeOlder()).catch(() => undefined);
  }

  async #removeOlder(): Promise<void> {
    const { redis, keys } = this.#init;
    const marker = Number(await redis.get(keys.cleared)) || 0;
    const clearedAt = Math.max(marker, this.#isPending ? this.#clearedAt : 0);
    if (clearedAt === 0) return;
    for await (const batch of scanKeys(redis, keys.prefix)) {
      const entries = batch.filter((key) => keys.isEntry(key));
      if (entries.length === 0) continue;
      const headers = await redis.guard('cache-sweep', async (client) => {
        const pipeline = client.pipeline();
        for (const key of entries) pipeline.getrange(key, 0, headerLength - 1);
        return (await pipeline.exec()) ?? [];
      });
      const older = entries.filter((_, at) => madeAt(String(headers[at]?.[1] ?? '')) <= clearedAt);
      if (older.length > 0) await redis.unlink(...older);
    }
    if (this.#clearedAt <= clearedAt) this.#isPending = false;
  }
}
