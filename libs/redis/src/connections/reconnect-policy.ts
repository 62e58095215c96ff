import { exponentialBackoff } from '@holdfast/resilience';

export interface ReconnectOptions {
  readonly reconnectMinDelayMs: number;
  readonly reconnectMaxDelayMs: number;
  /** Failed attempts in a row after which it gives up; never when absent. */
  readonly reconnectMaxAttempts?: number | undefined;
}

/** A connection that held for so long starts the next outage with the smallest delay. */
const stableAfterMs = 5_000;
/**
 * While every attempt succeeds, the server is there, and so long delays would be the outage: 50 ms doubled three
 * times is as far as they grow.
 */
const maxDoublingsWhileUsable = 3;
/** Even the luckiest draw waits a little, so that a server which accepts and closes is not hammered. */
const leastDelayMs = 10;

/**
 * When to connect again: full jitter, growing from the least to the largest delay, counted from the start of
 * the last attempt, so that attempts which themselves took long do not wait on top.
 *
 * Connections that break soon after they were made (a flapping server) keep the delay growing, to some tenths of
 * a second: that is what debounces storms of ECONNRESET.
 */
export class ReconnectPolicy {
  readonly #backoff: { delayMs(attempt: number): number };
  readonly #maxAttempts: number;
  readonly #now: () => number;
  #failures = 0;
  #attemptedAt = 0;
  #readyAt: number | undefined;
  /** Attempts in a row that did not lead to a connection. */
  failedAttempts = 0;
  /** An attempt failed, or the connection was found half-open, and it has not been usable since. */
  suspect = false;
  /** It made as many attempts as it may. The next attempt, made by somebody's `connect()`, starts afresh. */
  gaveUp = false;

  constructor(options: ReconnectOptions, now: () => number, random?: () => number) {
    this.#backoff = exponentialBackoff({
      minDelayMs: options.reconnectMinDelayMs,
      maxDelayMs: options.reconnectMaxDelayMs,
      ...(random ? { random } : {}),
    });
    this.#maxAttempts = options.reconnectMaxAttempts ?? Infinity;
    this.#now = now;
  }

  /** An attempt begins. */
  attempted(): void {
    if (this.gaveUp) {
      this.gaveUp = false;
      this.failedAttempts = 0;
      this.#failures = 0;
    }
    this.#attemptedAt = this.#now();
    this.#readyAt = undefined;
  }

  /** The connection is usable. */
  ready(): void {
    this.#readyAt = this.#now();
    this.failedAttempts = 0;
    this.suspect = false;
  }

  /** Delay in ms until the next attempt, or `null` to give up. Called when a connection or attempt ended. */
  next(): number | null {
    const now = this.#now();
    if (this.#readyAt === undefined) {
      this.failedAttempts++;
      this.suspect = true;
    } else if (now - this.#readyAt >= stableAfterMs) this.#failures = 0;
    this.gaveUp = this.failedAttempts >= this.#maxAttempts;
    if (this.gaveUp) return null;
    const doublings = this.#failures++;
    const wanted = this.#backoff.delayMs(
      this.#readyAt === undefined ? doublings : Math.min(doublings, maxDoublingsWhileUsable),
    );
    const spent = this.#readyAt === undefined ? now - this.#attemptedAt : 0;
    this.#readyAt = undefined;
    return Math.max(leastDelayMs, Math.round(wanted - spent));
  }
}
