import type { ThrottlerStorage } from '@nestjs/throttler';

/** What a storage of `@nestjs/throttler` answers to a hit. */
export type HitRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** One hit to be counted. */
export interface Hit {
  readonly key: string;
  readonly ttlMs: number;
  readonly limit: number;
  /** 0: over the limit hits are refused one by one, and nothing is blocked. */
  readonly blockDurationMs: number;
  readonly throttler: string;
}

/** Longer would leave the numbers that a double holds exactly: about 3,000 years. */
const longestMs = 1e14;
const highestLimit = 1e9;

/**
 * @throws {TypeError} when key or throttler is not a string
 * @throws {RangeError} when a number is not one, negative, or beyond what is accepted; both name option and value
 */
export function checkHit(hit: Hit): void {
  if (typeof hit.key !== 'string') throw new TypeError(`key must be a string, got ${typeof hit.key}`);
  if (typeof hit.throttler !== 'string') {
    throw new TypeError(`throttlerName must be a string, got ${typeof hit.throttler}`);
  }
  checkNumber('ttl', hit.ttlMs, hit.throttler);
  checkNumber('limit', hit.limit, hit.throttler);
  checkNumber('blockDuration', hit.blockDurationMs, hit.throttler);
}

/**
 * Checks `ttl`, `limit` or `blockDuration` of a throttler.
 *
 * @throws {RangeError} naming option, throttler, value and what is accepted
 */
export function checkNumber(
  option: 'ttl' | 'limit' | 'blockDuration',
  value: unknown,
  throttler: string,
): void {
  const [max, what] = option === 'limit' ? [highestLimit, 'a number'] : [longestMs, 'milliseconds'];
  if (typeof value === 'number' && value >= 0 && value <= max) return;
  const shown = typeof value === 'number' ? value : typeof value;
  const name = throttler.length > 64 ? `${throttler.slice(0, 64)}…` : throttler;
  throw new RangeError(
    `${option} of the throttler "${name}" = ${shown}: accepted is ${what} from 0 to ${max}`,
  );
}
