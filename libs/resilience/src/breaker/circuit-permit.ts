/**
 * Leave to make one call, to be settled exactly once when the call has ended. Results that come
 * after the breaker has moved on, and probes settled twice, are without effect.
 */
export interface CircuitPermit {
  /**
   * The other side answered, be it with an error of the caller's making.
   *
   * @param durationMs how long the call took, in milliseconds
   * @param now the moment it ended; whoever has read the breaker's clock already saves a reading. @default the clock's
   */
  success(durationMs: number, now?: number): void;
  /**
   * The other side failed.
   *
   * @param now as with {@link success}
   */
  failure(now?: number): void;
  /** The call says nothing about the other side: it was not made, or the caller gave it up. */
  ignore(): void;
}
