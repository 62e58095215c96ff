import { systemClock, type Clock } from '../clock/clock.js';
import { alreadyOver, watchDeadline, type DeadlineLimits } from '../deadline/deadline-watch.js';
import { MAX_TIMER_MS, numericOption } from '../options/numeric-option.js';

export interface PacerOptions {
  /** Tokens that come back each second, from 0.001 on. */
  readonly perSecond: number;
  /** Tokens that can be saved up, and are there at the start. @default perSecond, but at least 1 */
  readonly maxBurst?: number;
  /** @default systemClock */
  readonly clock?: Clock;
}

/**
 * A token bucket that spreads work over time, such as sending a journal to a server that has just come back.
 *
 * Who takes more than there is goes into debt and waits until it is paid; so those who wait are served in
 * the order in which they asked, and a batch larger than the burst is possible.
 */
export class Pacer {
  private readonly perMs: number;
  private readonly maxBurst: number;
  private readonly clock: Clock;
  private tokens: number;
  private filledAt: number;

  /** @throws TypeError | RangeError when an option is not in its range */
  constructor({ perSecond, maxBurst, clock = systemClock }: PacerOptions) {
    this.perMs = numericOption('perSecond', perSecond, { min: 0.001 }) / 1000;
    this.maxBurst = numericOption('maxBurst', maxBurst ?? Math.max(1, perSecond), { min: 1 });
    this.clock = clock;
    this.tokens = this.maxBurst;
    this.filledAt = clock.now();
  }

  /**
   * Takes tokens if they are there now. More than the burst are given when the bucket is full.
   *
   * @throws TypeError | RangeError when `tokens` is not a number of at least 0
   */
  tryTake(tokens = 1): boolean {
    numericOption('tokens', tokens, { min: 0 });
    this.fill();
    if (this.tokens < Math.min(tokens, this.maxBurst)) return false;
    this.tokens -= tokens;
    return true;
  }

  /**
   * Takes tokens and resolves when they are due. Tokens of a wait that is given up go back.
   *
   * @throws DeadlineExceededError | OperationAbortedError (as a rejection) when the wait is given up
   * @throws TypeError | RangeError (as a rejection) when `tokens` is not a number of at least 0
   */
  async take(tokens = 1, limits: DeadlineLimits = {}): Promise<void> {
    numericOption('tokens', tokens, { min: 0 });
    const over = alreadyOver(limits);
    if (over) throw over;
    this.fill();
    this.tokens -= tokens;
    if (this.tokens < 0) await this.wait(-this.tokens / this.perMs, tokens, limits);
  }

  private wait(delayMs: number, tokens: number, limits: DeadlineLimits): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.setTimeout(
        () => {
          stop();
          resolve();
        },
        Math.min(MAX_TIMER_MS, Math.ceil(delayMs)),
      );
      const stop = watchDeadline(limits, (error) => {
        timer.cancel();
        this.tokens += tokens;
        reject(error);
      });
    });
  }

  private fill(): void {
    const now = this.clock.now();
    this.tokens = Math.min(this.maxBurst, this.tokens + (now - this.filledAt) * this.perMs);
    this.filledAt = now;
  }
}
