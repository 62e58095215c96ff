/** How long to wait before an attempt is repeated. */
export interface Backoff {
  /**
   * The delay before the next attempt, in milliseconds.
   *
   * @param attempt how many attempts have failed before in a row, minus one: 0 before the first repetition
   * @throws RangeError when `attempt` is negative or not a whole number
   */
  delayMs(attempt: number): number;
}
