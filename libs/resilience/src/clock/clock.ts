/** A timer that has been set and can be taken back. */
export interface Timer {
  /** Makes sure that the callback will not run. Without effect when it already has. */
  cancel(): void;
}

/** Where this package takes its time from. Replace it in tests with a {@link ManualClock}. */
export interface Clock {
  /** Milliseconds since some fixed moment, with fractions. Never goes back, whatever the wall clock does. */
  now(): number;
  /**
   * Runs the callback once after the delay.
   *
   * @param delayMs milliseconds, from 0 to 2147483647
   */
  setTimeout(callback: () => void, delayMs: number): Timer;
}

/**
 * The monotonic clock of the process. Its timers keep the process alive until they fire or are
 * cancelled, so that a caller who waits for a deadline does hear of it.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
