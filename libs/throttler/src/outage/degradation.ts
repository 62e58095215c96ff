import { classifyError, RedisError, type RedisLog } from '@holdfast/redis';

export interface DegradationOptions {
  readonly whenDown: string;
  readonly log: Pick<RedisLog, 'log' | 'warn'>;
  /** Monotonic time in ms. */
  readonly now: () => number;
}

/** Time without a failure after which it is over: a Redis that answers now and then is not back. */
const calmMs = 1_000;

/** Pause after a time-out before another hit asks. */
const scoutAfterMs = 500;

/**
 * From the first hit that Redis did not count until Redis counts them again. One line in the log when it
 * begins and one when it ends.
 *
 * After a time-out nobody asks Redis for half a second, and then one hit at a time: the others need not wait.
 */
export class Degradation {
  readonly #options: DegradationOptions;
  #since: number | undefined;
  #lastFailureAt = 0;
  #hits = 0;
  #timesOut = false;
  #scouting = false;

  constructor(options: DegradationOptions) {
    this.#options = options;
  }

  /** Whether hits are not all counted by Redis at present. */
  get active(): boolean {
    return this.#since !== undefined;
  }

  /** Whether this hit may ask Redis. What it learnt must be told to {@link answered} or {@link failed}. */
  mayAsk(): boolean {
    if (!this.#timesOut) return true;
    if (this.#scouting || this.#options.now() - this.#lastFailureAt < scoutAfterMs) return false;
    this.#scouting = true;
    return true;
  }

  /** A hit was not counted by Redis, and nobody asked. */
  skipped(): void {
    this.#hits++;
  }

  /**
   * Redis has counted a hit.
   *
   * @returns whether the degradation is over with it
   */
  answered(): boolean {
    if (this.#since === undefined) return false;
    this.#scouting = false;
    this.#timesOut = false;
    const { log, now } = this.#options;
    if (now() - this.#lastFailureAt < calmMs) return false;
    const afterMs = Math.round(now() - this.#since);
    log.log(`event=throttler-restored afterMs=${afterMs} hits=${this.#hits} Redis counts again.`);
    this.#since = undefined;
    this.#hits = 0;
    return true;
  }

  /** Redis has not counted a hit. */
  failed(error: unknown): void {
    const isTimeout = RedisError.isRedisError(error) && error.code === 'REDIS_TIMEOUT';
    this.#scouting = false;
    this.#timesOut = isTimeout;
    this.#lastFailureAt = this.#options.now();
    this.#hits++;
    if (this.#since !== undefined) return;
    this.#since = this.#lastFailureAt;
    // At shutdown it is no news.
    if (kindOf(error) === 'REDIS_CLOSED') return;
    const { log, whenDown } = this.#options;
    log.warn(`event=throttler-degraded reason=${kindOf(error)} whenDown=${whenDown} ${consequences[whenDown] ?? ''}`);
  } // prettier-ignore
}

const consequences: Record<string, string> = {
  memory: 'Each process counts for itself until Redis is back.',
  allow: 'Nothing is limited until Redis is back.',
  deny: 'Everything is refused until Redis is back.',
};

/** Name of a failure, of bounded variety: fit for a label. */
export function kindOf(error: unknown): string {
  return RedisError.isRedisError(error) ? error.kind : classifyError(error).kind;
}
