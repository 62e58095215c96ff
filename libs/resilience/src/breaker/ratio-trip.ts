import { numericOption } from '../options/numeric-option.js';
import { SlidingWindow, type SlidingWindowOptions } from '../window/sliding-window.js';
import type { TripStrategy } from './trip-strategy.js';

export interface RatioTripOptions extends SlidingWindowOptions {
  /** Opens when at least this part of the calls in the window failed; above 0, up to 1. @default 0.5 */
  readonly failureRatio?: number;
  /** Opens when at least this part of the calls in the window was slow; above 0, up to 1. @default 0.8 */
  readonly slowRatio?: number;
  /** An answered call that took at least so many milliseconds is slow; Infinity: none is. @default Infinity */
  readonly slowCallMs?: number;
  /** With fewer calls in the window nothing is decided; at most `maxCalls`. @default 20, or `maxCalls` if that is less */
  readonly minCalls?: number;
}

/**
 * Opens the circuit when too many of the latest calls failed, or too many were slow. Failed calls are not
 * counted as slow besides. Only a bad call can open the circuit; a good one never does.
 *
 * @throws TypeError | RangeError when an option is not in its range
 */
export function ratioTrip(options: RatioTripOptions = {}): TripStrategy {
  const window = new SlidingWindow(options);
  const maxCalls = options.maxCalls ?? 1000;
  const ratio = { min: Number.MIN_VALUE, max: 1 };
  const failureRatio = numericOption('failureRatio', options.failureRatio ?? 0.5, ratio);
  const slowRatio = numericOption('slowRatio', options.slowRatio ?? 0.8, ratio);
  const slowCallMs = numericOption('slowCallMs', options.slowCallMs ?? Infinity, { min: 0, max: Infinity });
  const minCalls = numericOption('minCalls', options.minCalls ?? Math.min(20, maxCalls), {
    min: 1,
    max: Math.min(maxCalls, Number.MAX_SAFE_INTEGER),
    integer: true,
  });

  return {
    onSuccess(durationMs, now) {
      const slow = durationMs >= slowCallMs;
      window.record(now, false, slow);
      return slow && window.calls >= minCalls && window.slow >= slowRatio * window.calls;
    },
    onFailure(now) {
      window.record(now, true, false);
      return window.calls >= minCalls && window.failures >= failureRatio * window.calls;
    },
    acceptsProbe: (durationMs) => durationMs < slowCallMs,
    reset: () => window.reset(),
  };
}
