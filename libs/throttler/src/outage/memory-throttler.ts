import { BoundedStore, type Clock } from '@holdfast/resilience';
import type { Hit, HitRecord } from '../hit.js';
import type { HitKeys } from '../hit-keys.js';

/** One tracked key, of all its throttlers. Moments are in ms of the clock. */
interface TrackedKey {
  windowEndsAt: number;
  /** 0: never blocked. */
  blockEndsAt: number;
  blocked: boolean;
  /** By throttler: when its hits expire. */
  readonly hits: Map<string, number[]>;
}

/** What is known of a throttler's key from before memory had to count. */
export interface PriorHits {
  /** Hits that have not expired. */
  readonly count: number;
  readonly expireAt: number;
  readonly windowEndsAt: number;
  /** `undefined` when it is not blocked. */
  readonly blockEndsAt: number | undefined;
}

export interface MemoryThrottlerOptions {
  readonly maxBytes: number;
  readonly clock: Clock;
}

/** An object, a map and an array. */
const trackedBytes = 400;
const hitBytes = 8;

/**
 * Counts in memory what `increment.lua` counts in Redis, record for record. Bounded: the tracked keys that were
 * hit least recently are forgotten first.
 */
export class MemoryThrottler {
  readonly #clock: Clock;
  readonly #tracked: BoundedStore<TrackedKey>;

  constructor({ maxBytes, clock }: MemoryThrottlerOptions) {
    this.#clock = clock;
    this.#tracked = new BoundedStore({ maxBytes, clock, bytesOf: bytesOfTracked });
  }

  /** Whether hits of this throttler were counted here since the last {@link clear}. */
  knows(keys: HitKeys, throttler: string): boolean {
    return this.#tracked.get(keys.record)?.hits.has(throttler) === true;
  }

  /** Takes over what is known from before. Without effect on what was counted here already. */
  resume(keys: HitKeys, throttler: string, prior: PriorHits): void {
    const now = this.#clock.now();
    const tracked = this.#tracked.get(keys.record) ?? newTracked(prior.windowEndsAt);
    if (prior.blockEndsAt !== undefined && prior.blockEndsAt > Math.max(now, tracked.blockEndsAt)) {
      tracked.blocked = true;
      tracked.blockEndsAt = prior.blockEndsAt;
    }
    if (!tracked.hits.has(throttler)) {
      tracked.hits.set(
        throttler,
        Array.from({ length: prior.count }, () => prior.expireAt),
      );
    }
    this.#tracked.set(keys.record, tracked);
  }

  /** Counts a hit, or refuses it. */
  increment(keys: HitKeys, { ttlMs, limit, blockDurationMs, throttler }: Hit): HitRecord {
    const now = this.#clock.now();
    const tracked = this.#tracked.get(keys.record) ?? newTracked(now + ttlMs);
    const hits = (tracked.hits.get(throttler) ?? []).filter((expiresAt) => expiresAt > now);
    tracked.hits.set(throttler, hits);
    if (tracked.windowEndsAt <= now) tracked.windowEndsAt = now + ttlMs;
    const timeToExpire = secondsUntil(tracked.windowEndsAt, now);
    const record =
      blockDurationMs <= 0
        ? refuseOneByOne(hits, now, { ttlMs, limit, timeToExpire })
        : { ...block(tracked, hits, now, { ttlMs, limit, blockDurationMs }), timeToExpire };
    this.#tracked.set(keys.record, tracked);
    return record;
  }

  /** Forgets everything. */
  clear(): void {
    this.#tracked.clear();
  }

  /** Bytes of all tracked keys. */
  get bytes(): number {
    return this.#tracked.calculatedSize;
  }
}

function refuseOneByOne(
  hits: number[],
  now: number,
  { ttlMs, limit, timeToExpire }: { ttlMs: number; limit: number; timeToExpire: number },
): HitRecord {
  const isBlocked = hits.length >= limit;
  if (!isBlocked) hits.push(now + ttlMs);
  const oldest = hits.reduce((earliest, expiresAt) => Math.min(earliest, expiresAt), Infinity);
  return {
    totalHits: hits.length + (isBlocked ? 1 : 0),
    timeToExpire,
    isBlocked,
    timeToBlockExpire: isBlocked ? (hits.length > 0 ? secondsUntil(oldest, now) : timeToExpire) : 0,
  };
}

function block(
  tracked: TrackedKey,
  hits: number[],
  now: number,
  { ttlMs, limit, blockDurationMs }: { ttlMs: number; limit: number; blockDurationMs: number },
): Omit<HitRecord, 'timeToExpire'> {
  if (!tracked.blocked) hits.push(now + ttlMs);
  if (!tracked.blocked && hits.length > limit) {
    tracked.blocked = true;
    tracked.blockEndsAt = now + blockDurationMs;
  }
  const timeToBlockExpire = secondsUntil(tracked.blockEndsAt, now);
  if (tracked.blocked && timeToBlockExpire <= 0) {
    tracked.blocked = false;
    hits.splice(0, hits.length, now + ttlMs);
  }
  return { totalHits: hits.length, isBlocked: tracked.blocked, timeToBlockExpire };
}

function newTracked(windowEndsAt: number): TrackedKey {
  return { windowEndsAt, blockEndsAt: 0, blocked: false, hits: new Map() };
}

/** As the headers tell it: whole seconds, begun ones counted. */
function secondsUntil(moment: number, now: number): number {
  return Math.ceil((moment - now) / 1000) + 0;
}

function bytesOfTracked({ hits }: TrackedKey): number {
  let bytes = trackedBytes;
  for (const [throttler, { length }] of hits) bytes += 2 * throttler.length + hitBytes * length;
  return bytes;
}
