import { BoundedStore, type Clock } from '@holdfast/resilience';
import type { Hit, HitRecord } from '../hit.js';
import type { HitKeys } from '../hit-keys.js';
import type { PriorHits } from './memory-throttler.js';

const countBytes = 120;

/** What is kept of an answer; written anew at each, so that no hit leaves garbage that has grown old. */
type LastCount = { -readonly [Field in keyof PriorHits]: PriorHits[Field] };

/**
 * What Redis answered last to the hits of this process, so that an outage does not begin from nothing. When
 * each of those hits expires is not known; all are taken to expire as late as they can, one ttl after the answer.
 */
export class LastCounts {
  readonly #clock: Clock;
  readonly #counts: BoundedStore<LastCount>;

  /** @param maxBytes the counts seen least recently are forgotten first */
  constructor({ maxBytes, clock }: { maxBytes: number; clock: Clock }) {
    this.#clock = clock;
    this.#counts = new BoundedStore({ maxBytes, clock, bytesOf: () => countBytes });
  }

  /** Redis has answered. */
  remember(keys: HitKeys, { ttlMs }: Hit, record: HitRecord): void {
    const now = this.#clock.now();
    let last = this.#counts.get(keys.hits);
    if (last === undefined) {
      last = { count: 0, expireAt: 0, windowEndsAt: 0, blockEndsAt: undefined };
      this.#counts.set(keys.hits, last);
    }
    last.count = record.totalHits;
    last.expireAt = now + ttlMs;
    last.windowEndsAt = now + 1000 * record.timeToExpire;
    last.blockEndsAt = record.isBlocked ? now + 1000 * record.timeToBlockExpire : undefined;
  }

  /** What is still true of the last answer. */
  recall(keys: HitKeys): PriorHits | undefined {
    const last = this.#counts.get(keys.hits);
    if (last === undefined) return undefined;
    const now = this.#clock.now();
    if (last.expireAt > now) return { ...last };
    return (last.blockEndsAt ?? 0) > now ? { ...last, count: 0 } : undefined;
  }
}
