import { numericOption } from '../options/numeric-option.js';
import type { TripStrategy } from './trip-strategy.js';

export interface ConsecutiveTripOptions {
  /** So many failures in a row open the circuit. @default 5 */
  readonly maxFailures?: number;
}

/**
 * Opens the circuit after a number of failures without a success between them.
 *
 * @throws TypeError | RangeError when an option is not in its range
 */
export function consecutiveTrip(options: ConsecutiveTripOptions = {}): TripStrategy {
  const maxFailures = numericOption('maxFailures', options.maxFailures ?? 5, { min: 1, integer: true });
  let failures = 0;

  return {
    onSuccess() {
      failures = 0;
      return false;
    },
    onFailure() {
      failures++;
      return failures >= maxFailures;
    },
    acceptsProbe: () => true,
    reset() {
      failures = 0;
    },
  };
}
