import { RedisService } from '@holdfast/redis';
import type { Clock } from '@holdfast/resilience';
import { systemClock } from '@holdfast/resilience';
import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { checkHit, type Hit, type HitRecord } from './hit.js';
import { type HitKeys, hitKeys } from './hit-keys.js';
import { IncrementScript } from './increment-script.js';
import { Degradation, kindOf } from './outage/degradation.js';
import { type OutageAnswers, outageAnswers } from './outage/outage-answers.js';
import {
  type RedisThrottlerStorageOptions,
  type ResolvedStorageOptions,
  resolveStorageOptions,
} from './redis-throttler-storage.options.js';
import { REDIS_THROTTLER_OPTIONS } from './redis-throttler.tokens.js';
import { type ThrottlerHitEvent, throttlerChannels } from './throttler-channels.js';

/** Like `Date.now()` when the process started, and steady since. */
const steadyClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimeout: (callback, delayMs) => systemClock.setTimeout(callback, delayMs),
};

/** Name of a hit in errors and metrics of `RedisService`. */
const operation = 'throttler-hit';

/**
 * Storage of `@nestjs/throttler` in Redis: a sliding log that all processes share, hit for hit like the
 * in-memory storage. One round trip a hit, by the clock of Redis, on the shared connection.
 *
 * A hit never fails for want of Redis and waits for it no longer than `timeoutMs`: then `whenDown` answers.
 */
@Injectable()
export class RedisThrottlerStorage implements ThrottlerStorage {
  readonly #redis: RedisService;
  readonly #options: ResolvedStorageOptions;
  readonly #script = new IncrementScript();
  readonly #degradation: Degradation;
  readonly #answers: OutageAnswers;

  /** @throws {RangeError} for options outside of their range */
  constructor(
    @Inject(RedisService) redis: RedisService,
    @Optional() @Inject(REDIS_THROTTLER_OPTIONS) options?: RedisThrottlerStorageOptions | null,
  ) {
    this.#redis = redis;
    this.#options = resolveStorageOptions(options ?? {});
    this.#answers = outageAnswers(this.#options, steadyClock);
    this.#degradation = new Degradation({
      whenDown: this.#options.whenDown,
      log: options?.log ?? new Logger('RedisThrottler'),
      now: () => performance.now(),
    });
  }

  /** Whether hits are answered by `whenDown` at present: from the first that Redis did not count until it counts again. */
  get isDegraded(): boolean {
    return this.#degradation.active;
  }

  /**
   * Counts a hit. `EVALSHA`
   *
   * @param key of whom or what is limited; `ThrottlerGuard` makes it of route and tracker
   * @param ttl milliseconds for which a hit counts; fractions are allowed
   * @param limit hits that are allowed within `ttl`
   * @param blockDuration milliseconds for which the key is blocked from the hit after the limit on; with 0 hits
   *   over the limit are refused one by one
   * @param throttlerName each counts for itself; a block is one of the key, for all of them
   * @throws {TypeError | RangeError} for arguments outside of their range. For nothing else.
   */
  async increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
  ): Promise<HitRecord> {
    const startedAt = performance.now();
    const hit: Hit = { key, ttlMs: ttl, limit, blockDurationMs: blockDuration, throttler: throttlerName };
    checkHit(hit);
    const keys = hitKeys(this.#options.keyPrefix, hit);
    if (!this.#degradation.mayAsk()) {
      this.#degradation.skipped();
      return this.#answer(keys, hit, startedAt, 'DEGRADED');
    }
    let record: HitRecord;
    try {
      record = await this.#count(keys, hit);
    } catch (error) {
      this.#degradation.failed(error);
      return this.#answer(keys, hit, startedAt, kindOf(error));
    }
    if (this.#degradation.answered()) this.#answers.end();
    this.#answers.observe(keys, hit, record);
    if (throttlerChannels.hit.hasSubscribers) publish(hit, record, 'redis', startedAt);
    return record;
  }

  /**
   * Further arguments of the script. A test overrides it to bring its own time; there is none to be had here,
   * since the clock that all processes share is the one of Redis.
   *
   * @internal
   */
  protected scriptTime(): readonly number[] {
    return [];
  }

  async #count(keys: HitKeys, { ttlMs, limit, blockDurationMs }: Hit): Promise<HitRecord> {
    const call = {
      keys: [keys.record, keys.hits],
      args: [ttlMs, limit, blockDurationMs, ...this.scriptTime()],
    } as const;
    const [totalHits, timeToExpire, blocked, timeToBlockExpire] = await this.#redis.guard(
      operation,
      (client) => this.#script.run(client, call, this.#options.timeoutMs),
    );
    return { totalHits, timeToExpire, isBlocked: blocked === 1, timeToBlockExpire };
  }

  #answer(keys: HitKeys, hit: Hit, startedAt: number, reason: string): HitRecord {
    const record = this.#answers.answer(keys, hit);
    if (throttlerChannels.hit.hasSubscribers) publish(hit, record, this.#options.whenDown, startedAt, reason);
    return record;
  }
}

function publish(
  { throttler }: Hit,
  { isBlocked }: HitRecord,
  source: ThrottlerHitEvent['source'],
  startedAt: number,
  reason?: string,
): void {
  const event: ThrottlerHitEvent = {
    throttler,
    result: isBlocked ? 'blocked' : 'allowed',
    source,
    durationMs: performance.now() - startedAt,
    ...(reason === undefined ? {} : { reason }),
  };
  throttlerChannels.hit.publish(event);
}
