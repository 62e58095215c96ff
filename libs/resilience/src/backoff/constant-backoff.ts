import { MAX_TIMER_MS, numericOption } from '../options/numeric-option.js';
import type { Backoff } from './backoff.js';

/**
 * The same delay before every attempt, without jitter. For tests, and for a single client.
 *
 * @param delayMs milliseconds
 * @throws TypeError | RangeError when the delay is not in its range
 */
export function constantBackoff(delayMs: number): Backoff {
  numericOption('delayMs', delayMs, { min: 0, max: MAX_TIMER_MS });
  return { delayMs: () => delayMs };
}
