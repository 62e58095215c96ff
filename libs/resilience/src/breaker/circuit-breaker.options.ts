import type { Backoff } from '../backoff/backoff.js';
import { proportionalBackoff } from '../backoff/proportional-backoff.js';
import { systemClock, type Clock } from '../clock/clock.js';
import { functionOption, numericOption } from '../options/numeric-option.js';
import { ratioTrip } from './ratio-trip.js';
import type { TripStrategy } from './trip-strategy.js';

/** Who finds out whether the other side is back: calls that are let through, or somebody else. */
export type ProbingMode = 'calls' | 'external';

export interface CircuitBreakerOptions {
  /** When to open. One strategy object for each breaker. @default ratioTrip() */
  readonly trip?: TripStrategy;
  /**
   * How long to stay open; `attempt` is the number of reopenings since the circuit was last closed.
   * @default proportionalBackoff(): 1 s, doubled up to 30 s, up to 20 % shorter by jitter
   */
  readonly openTime?: Backoff;
  /**
   * `calls`: after the open time up to `maxProbes` calls are let through as probes. `external`: calls
   * are refused until {@link CircuitBreaker.reportProbe} has closed the circuit.
   * @default 'calls'
   */
  readonly probing?: ProbingMode;
  /** How many probes may be under way at once; further calls are refused at once. @default 1 */
  readonly maxProbes?: number;
  /** A probe without result after so many milliseconds, from its permit on, has failed. @default 1000 */
  readonly probeTimeoutMs?: number;
  /** So many successful probes, without a failed one between them, close the circuit. @default 1 */
  readonly successesToClose?: number;
  /**
   * For {@link CircuitBreaker.execute}: whether an error means that the other side failed. Any other
   * error is an answer and counts as success. @default every error is a failure
   */
  readonly isFailure?: (error: unknown) => boolean;
  /**
   * For {@link CircuitBreaker.execute}: whether an error says nothing about the other side; asked before
   * `isFailure`. @default errors named `AbortError`
   */
  readonly isIgnored?: (error: unknown) => boolean;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** The options with every default filled in. */
export type ResolvedCircuitBreakerOptions = Readonly<Required<CircuitBreakerOptions>>;

/** @throws TypeError | RangeError when an option is not in its range */
export function resolveCircuitBreakerOptions(options: CircuitBreakerOptions): ResolvedCircuitBreakerOptions {
  const probing = options.probing ?? 'calls';
  if (probing !== 'calls' && probing !== 'external') {
    throw new RangeError(`probing must be "calls" or "external", got ${JSON.stringify(probing)}`);
  }
  return Object.freeze({
    trip: options.trip ?? ratioTrip(),
    openTime: options.openTime ?? proportionalBackoff(),
    probing,
    maxProbes: numericOption('maxProbes', options.maxProbes ?? 1, { min: 1, integer: true }),
    probeTimeoutMs: numericOption('probeTimeoutMs', options.probeTimeoutMs ?? 1000, { min: 1 }),
    successesToClose: numericOption('successesToClose', options.successesToClose ?? 1, {
      min: 1,
      integer: true,
    }),
    isFailure: functionOption('isFailure', options.isFailure ?? (() => true)),
    isIgnored: functionOption('isIgnored', options.isIgnored ?? isAbortError),
    clock: options.clock ?? systemClock,
  });
}

function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
