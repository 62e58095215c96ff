import { functionOption, MAX_TIMER_MS, numericOption } from '../options/numeric-option.js';
import type { Backoff } from './backoff.js';

export interface ProportionalBackoffOptions {
  /** The first delay before jitter, in milliseconds; doubled with each attempt. @default 1000 */
  readonly minDelayMs?: number;
  /** No delay is longer than this, jitter included, in milliseconds. @default 30000 */
  readonly maxDelayMs?: number;
  /** How far below its full length a delay may be drawn, from 0 to 1. @default 0.2 */
  readonly jitterRatio?: number;
  /** Source of randomness: numbers from 0 up to, but not, 1. @default Math.random */
  readonly random?: () => number;
}

/**
 * Exponential backoff with a little jitter: the delay before attempt n is drawn evenly from the last
 * `jitterRatio` of `min(maxDelayMs, minDelayMs * 2^n)`. For pauses that must not be short by chance, such
 * as a circuit's open time; reconnecting clients want {@link exponentialBackoff}.
 *
 * @throws TypeError | RangeError when an option is not in its range
 */
export function proportionalBackoff(options: ProportionalBackoffOptions = {}): Backoff {
  const minDelayMs = numericOption('minDelayMs', options.minDelayMs ?? 1000, { min: 1, max: MAX_TIMER_MS });
  const maxDelayMs = numericOption('maxDelayMs', options.maxDelayMs ?? Math.max(30_000, minDelayMs), {
    min: minDelayMs,
    max: MAX_TIMER_MS,
  });
  const jitterRatio = numericOption('jitterRatio', options.jitterRatio ?? 0.2, { min: 0, max: 1 });
  const random = functionOption('random', options.random ?? Math.random);

  return {
    delayMs(attempt) {
      numericOption('attempt', attempt, { min: 0, integer: true });
      const fullMs = Math.min(maxDelayMs, minDelayMs * 2 ** attempt);
      return fullMs * (1 - jitterRatio * random());
    },
  };
}
