/** Decides from the results of calls when a closed circuit opens. Belongs to one breaker. */
export interface TripStrategy {
  /**
   * Notes an answered call.
   *
   * @param durationMs how long it took, in milliseconds
   * @param now the moment it ended
   * @returns whether the circuit shall open
   */
  onSuccess(durationMs: number, now: number): boolean;
  /** Notes a failed call and returns whether the circuit shall open. */
  onFailure(now: number): boolean;
  /** Whether an answered probe that took so many milliseconds is good enough to close the circuit. */
  acceptsProbe(durationMs: number): boolean;
  /** Forgets everything; called when the circuit closes. */
  reset(): void;
}
