import { systemClock, type Clock } from '../clock/clock.js';
import { numericOption } from '../options/numeric-option.js';

/** A moment in monotonic time by which something must be over. Handed down a call, it does not start anew. */
export class Deadline {
  private constructor(
    /** The moment, in milliseconds of `clock`; Infinity when there is no end. */
    readonly at: number,
    /** The clock that `at` belongs to. */
    readonly clock: Clock,
  ) {}

  /**
   * The moment so many milliseconds from now. Time starts to run with this call.
   *
   * @param ms from 0 on; Infinity for no deadline
   * @throws TypeError | RangeError when `ms` is not such a number
   */
  static after(ms: number, clock: Clock = systemClock): Deadline {
    numericOption('ms', ms, { min: 0, max: Infinity });
    return new Deadline(clock.now() + ms, clock);
  }

  /** A deadline that never comes. */
  static never(clock: Clock = systemClock): Deadline {
    return new Deadline(Infinity, clock);
  }

  /** Milliseconds left; 0 when it is over, Infinity when it never is. */
  get remainingMs(): number {
    return Math.max(0, this.at - this.clock.now());
  }

  /** Whether the moment has come. */
  get expired(): boolean {
    return this.clock.now() >= this.at;
  }

  /**
   * The earlier of two deadlines.
   *
   * @throws TypeError when the other one belongs to another clock: their moments cannot be compared
   */
  min(other: Deadline): Deadline {
    if (other.clock !== this.clock) throw new TypeError('deadlines must share one clock to be compared');
    return other.at < this.at ? other : this;
  }
}
