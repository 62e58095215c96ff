import { numericOption } from '../options/numeric-option.js';

export interface SlidingWindowOptions {
  /** Nothing older than this is counted, in milliseconds; Infinity counts by number alone. @default 10000 */
  readonly windowMs?: number;
  /** Not more than so many of the latest calls are counted; Infinity counts by time alone. @default 1000 */
  readonly maxCalls?: number;
  /** In how many steps old calls leave, from 1 to 1000. More is smoother and takes more memory. @default 10 */
  readonly buckets?: number;
}

/**
 * Counts of the latest calls: at most `maxCalls` of them and none older than `windowMs`.
 *
 * A ring of counters in fixed memory. A bucket is closed when it spans `windowMs / buckets` or holds
 * `maxCalls / buckets` calls; the oldest leaves as a whole. So everything in the window is younger than
 * `windowMs`, and everything younger than `windowMs * (1 - 1 / buckets)` is in it as long as
 * it is among the latest `maxCalls * (1 - 1 / buckets)` (rounded to whole buckets).
 */
export class SlidingWindow {
  /** Calls in the window as of the last {@link record} or {@link expire}; so are the other counts. */
  calls = 0;
  failures = 0;
  slow = 0;

  private readonly windowMs: number;
  private readonly maxCalls: number;
  private readonly bucketMs: number;
  private readonly bucketCalls: number;
  private readonly slots: number;

  private readonly startedAt: Float64Array;
  private readonly callsIn: Float64Array;
  private readonly failuresIn: Float64Array;
  private readonly slowIn: Float64Array;

  private oldest = 0;
  private newest = 0;
  private used = 0;
  /** When the oldest bucket leaves, or earlier. */
  private oldestLeavesAt = -Infinity;

  /** @throws TypeError | RangeError when an option is not in its range */
  constructor(options: SlidingWindowOptions = {}) {
    const buckets = numericOption('buckets', options.buckets ?? 10, { min: 1, max: 1000, integer: true });
    this.windowMs = numericOption('windowMs', options.windowMs ?? 10_000, { min: 1, max: Infinity });
    this.maxCalls = numericOption('maxCalls', options.maxCalls ?? 1000, {
      min: 1,
      max: Infinity,
      integer: true,
    });
    this.bucketMs = this.windowMs / buckets;
    this.bucketCalls = Math.ceil(this.maxCalls / buckets);
    // At most `buckets` were closed by time and as many by number; one is being filled, one is about to leave.
    this.slots = 2 * buckets + 2;
    this.startedAt = new Float64Array(this.slots);
    this.callsIn = new Float64Array(this.slots);
    this.failuresIn = new Float64Array(this.slots);
    this.slowIn = new Float64Array(this.slots);
  }

  /** Counts one call that ended at `now`, in milliseconds of a clock that does not go back. */
  record(now: number, failed: boolean, slow: boolean): void {
    if (now >= this.oldestLeavesAt) this.expire(now);
    if (this.used === 0 || now >= this.startedAt[this.newest]! + this.bucketMs) this.open(now);
    else if (this.callsIn[this.newest]! >= this.bucketCalls) this.open(now);

    const bucket = this.newest;
    this.callsIn[bucket]!++;
    this.calls++;
    if (failed) {
      this.failuresIn[bucket]!++;
      this.failures++;
    }
    if (slow) {
      this.slowIn[bucket]!++;
      this.slow++;
    }
    if (this.calls > this.maxCalls) this.dropOldest();
  }

  /** Takes out of the counts whatever is too old at `now`. */
  expire(now: number): void {
    while (this.used > 0 && now >= this.startedAt[this.oldest]! + this.windowMs) this.dropOldest();
    this.oldestLeavesAt = this.used > 0 ? this.startedAt[this.oldest]! + this.windowMs : -Infinity;
  }

  /** Forgets everything. */
  reset(): void {
    while (this.used > 0) this.dropOldest();
    this.oldestLeavesAt = -Infinity;
  }

  private open(now: number): void {
    if (this.used === this.slots) this.dropOldest();
    this.newest = this.used === 0 ? this.oldest : (this.newest + 1) % this.slots;
    this.used++;
    this.startedAt[this.newest] = now;
    this.callsIn[this.newest] = 0;
    this.failuresIn[this.newest] = 0;
    this.slowIn[this.newest] = 0;
  }

  private dropOldest(): void {
    this.calls -= this.callsIn[this.oldest]!;
    this.failures -= this.failuresIn[this.oldest]!;
    this.slow -= this.slowIn[this.oldest]!;
    this.oldest = (this.oldest + 1) % this.slots;
    this.used--;
  }
}
