import type { Clock } from '../clock/clock.js';
import type { CircuitPermit } from './circuit-permit.js';
import type { TripStrategy } from './trip-strategy.js';

/**
 * The permit of every call made during one closed period. It is shared, because it keeps nothing
 * about the single call: this way a call on the closed path allocates nothing.
 */
export class ClosedPermit implements CircuitPermit {
  private retired = false;

  constructor(
    private readonly clock: Clock,
    private readonly trip: TripStrategy,
    private readonly onTrip: (now: number) => void,
  ) {}

  success(durationMs: number, now = this.clock.now()): void {
    if (!this.retired && this.trip.onSuccess(durationMs, now)) this.onTrip(now);
  }

  failure(now = this.clock.now()): void {
    if (!this.retired && this.trip.onFailure(now)) this.onTrip(now);
  }

  ignore(): void {}

  /** Ends the closed period: results that are still to come belong to the past. */
  retire(): void {
    this.retired = true;
  }
}
