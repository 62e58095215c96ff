import { MAX_TIMER_MS, numericOption, functionOption } from '../options/numeric-option.js';
import type { Backoff } from './backoff.js';

export interface ExponentialBackoffOptions {
  /** Upper end of the first delay, in milliseconds; doubled with each attempt. @default 50 */
  readonly minDelayMs?: number;
  /** No delay is longer than this, in milliseconds. @default 2000 */
  readonly maxDelayMs?: number;
  /** No delay is shorter than this, in milliseconds; at most `minDelayMs`. @default 5, or `minDelayMs` if that is less */
  readonly floorMs?: number;
  /** Source of randomness: numbers from 0 up to, but not, 1. @default Math.random */
  readonly random?: () => number;
}

/**
 * Exponential backoff with full jitter: the delay before attempt n is drawn evenly from
 * `floorMs` to `min(maxDelayMs, minDelayMs * 2^n)`.
 *
 * Full jitter spreads clients that lost the same server over the whole interval, so they don't
 * come back as one herd. The floor keeps a lucky zero from becoming a busy loop; it moves the
 * lower end of the interval instead of cutting it off, so that no herd gathers at the floor either.
 *
 * @throws TypeError | RangeError when an option is not in its range
 */
export function exponentialBackoff(options: ExponentialBackoffOptions = {}): Backoff {
  const minDelayMs = numericOption('minDelayMs', options.minDelayMs ?? 50, { min: 1, max: MAX_TIMER_MS });
  const maxDelayMs = numericOption('maxDelayMs', options.maxDelayMs ?? Math.max(2000, minDelayMs), {
    min: minDelayMs,
    max: MAX_TIMER_MS,
  });
  const floorMs = numericOption('floorMs', options.floorMs ?? Math.min(5, minDelayMs), {
    min: 0,
    max: minDelayMs,
  });
  const random = functionOption('random', options.random ?? Math.random);

  return {
    delayMs(attempt) {
      numericOption('attempt', attempt, { min: 0, integer: true });
      const ceilingMs = Math.min(maxDelayMs, minDelayMs * 2 ** attempt);
      return floorMs + random() * (ceilingMs - floorMs);
    },
  };
}
