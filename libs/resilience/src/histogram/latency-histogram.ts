import { numericOption } from '../options/numeric-option.js';

/** Each doubling of the latency is cut into so many buckets of the same width. */
const STEPS = 32;
const STEP_BITS = 5;
const UNITS_PER_MS = 1000;
const LARGEST_UNIT = 2 ** 32 - 1;
const BUCKETS = (32 - STEP_BITS + 1) * STEPS;

/**
 * Latencies of any number of calls in fixed memory (7 KB), log-linear like HdrHistogram.
 *
 * Latencies are counted in microseconds. Up to 64 µs every microsecond has a bucket of its own; above, a
 * bucket is at most 1/32 of its lower end wide and a percentile answers its middle. So a percentile differs
 * from the exact one by at most 1/64 (1.6 %) or 1 µs, whichever is more. `count`, `max` and `mean` are exact.
 * Latencies above 4,294 s (71 minutes) are kept in the last bucket.
 */
export class LatencyHistogram {
  /** The largest latency that percentiles tell apart, in milliseconds. */
  static readonly maxTrackableMs = LARGEST_UNIT / UNITS_PER_MS;

  private readonly counts = new Float64Array(BUCKETS);
  private recorded = 0;
  private sumMs = 0;
  private maxMs = 0;

  /** Counts one latency in milliseconds. Negative ones count as 0; NaN and Infinity are not counted. */
  record(ms: number): void {
    if (!(ms < Infinity)) return;
    const latency = ms > 0 ? ms : 0;
    this.counts[bucketOf(latency)]!++;
    this.recorded++;
    this.sumMs += latency;
    if (latency > this.maxMs) this.maxMs = latency;
  }

  /** How many latencies were counted. */
  get count(): number {
    return this.recorded;
  }

  /** The largest latency in milliseconds, exactly; 0 when there is none. */
  get max(): number {
    return this.maxMs;
  }

  /** The arithmetic mean in milliseconds; 0 when there is no latency. */
  get mean(): number {
    return this.recorded === 0 ? 0 : this.sumMs / this.recorded;
  }

  /**
   * The latency in milliseconds that p percent of the calls did not exceed (nearest rank); 0 when there is none.
   *
   * @param p from 0 to 100; 100 is `max`
   * @throws TypeError | RangeError when `p` is not such a number
   */
  percentile(p: number): number {
    numericOption('p', p, { min: 0, max: 100 });
    const rank = Math.max(1, Math.ceil((p / 100) * this.recorded));
    if (rank >= this.recorded) return this.maxMs;
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.counts[bucket]!;
      if (seen >= rank) return Math.min(middleOf(bucket), this.maxMs);
    }
    return this.maxMs;
  }

  /** Adds everything another histogram has counted. The other one stays as it is. */
  merge(other: LatencyHistogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.counts[bucket]! += other.counts[bucket]!;
    this.recorded += other.recorded;
    this.sumMs += other.sumMs;
    this.maxMs = Math.max(this.maxMs, other.maxMs);
  }

  /** Forgets everything. */
  reset(): void {
    this.counts.fill(0);
    this.recorded = 0;
    this.sumMs = 0;
    this.maxMs = 0;
  }
}

/**
 * Below 2 * STEPS units the bucket is the unit itself. Above, the highest STEP_BITS + 1 bits choose it:
 * `shift` bits are dropped, and each dropped bit stands for one doubling of STEPS buckets.
 */
function bucketOf(ms: number): number {
  const scaled = ms * UNITS_PER_MS;
  const unit = scaled < LARGEST_UNIT ? scaled >>> 0 : LARGEST_UNIT;
  if (unit < 2 * STEPS) return unit;
  const shift = 31 - STEP_BITS - Math.clz32(unit);
  return shift * STEPS + (unit >>> shift);
}

function middleOf(bucket: number): number {
  if (bucket < 2 * STEPS) return (bucket + 0.5) / UNITS_PER_MS;
  const shift = Math.floor(bucket / STEPS) - 1;
  const lower = (bucket - shift * STEPS) * 2 ** shift;
  return (lower + 2 ** shift / 2) / UNITS_PER_MS;
}
