import type {
  ActiveFault,
  BlackHoleOptions,
  CutOptions,
  DelayOptions,
  Fault,
  HalfReplyOptions,
  ThrottleOptions,
} from './fault.js';
import { type RequestSelector, SelectedRequests } from './request-selector.js';

/**
 * The faults of a proxy (they apply to all connections, present and future) or of one connection. They take
 * effect at once and can be combined; each can be cleared by itself.
 *
 * Faults that select requests count from when they are set and only see whole requests, so they need a proxy
 * that parses (`parse: true`).
 */
export class FaultSet {
  private readonly active: ActiveFault[] = [];

  /** @internal */
  constructor(
    private readonly parses: boolean,
    private readonly onChange: () => void,
  ) {}

  /** Silence: connections are accepted and stay open, and nothing comes through. */
  blackHole({ direction = 'both', afterwards = 'deliver' }: BlackHoleOptions = {}): Fault {
    return this.add({ kind: 'blackHole', options: { direction, afterwards } });
  }

  /**
   * Everything arrives later, in order.
   *
   * @throws {RangeError} when a time is negative or not a number.
   */
  delay({ latencyMs, jitterMs = 0, direction = 'replies' }: DelayOptions): Fault {
    if (!(latencyMs >= 0)) throw new RangeError(`latencyMs must be 0 or more, not ${latencyMs}`);
    if (!(jitterMs >= 0)) throw new RangeError(`jitterMs must be 0 or more, not ${jitterMs}`);
    return this.add({ kind: 'delay', options: { latencyMs, jitterMs, direction } });
  }

  /**
   * Everything arrives at this rate.
   *
   * @throws {RangeError} when the rate is not above 0.
   */
  throttle({ bytesPerSecond, direction = 'both' }: ThrottleOptions): Fault {
    if (!(bytesPerSecond > 0)) throw new RangeError(`bytesPerSecond must be above 0, not ${bytesPerSecond}`);
    return this.add({ kind: 'throttle', options: { bytesPerSecond, direction } });
  }

  /** Cuts the connection in place of a request: the server never sees it, but does see all before it. */
  cutBefore({ how = 'reset', ...selector }: CutOptions = {}): Fault {
    return this.add({ kind: 'cutBefore', selected: this.select(selector), hits: 0, how });
  }

  /**
   * Cuts the connection in place of the reply to a request: the server certainly executed it. Requests behind
   * it are not forwarded.
   */
  cutAfter({ how = 'reset', ...selector }: CutOptions = {}): Fault {
    return this.add({ kind: 'cutAfter', selected: this.select(selector), hits: 0, how });
  }

  /**
   * Answers requests with an error in place of the server, in the order of the replies:
   * `answerError("READONLY You can't write against a read only replica.", { commands: ['SET'] })`.
   *
   * @throws {TypeError} when the error is empty or longer than a line.
   */
  answerError(error: string, selector: RequestSelector = {}): Fault {
    if (!/^[^\r\n]+$/.test(error)) throw new TypeError('The error must be one line that is not empty');
    const answer = Buffer.from(`-${error.replace(/^-/, '')}\r\n`);
    return this.add({ kind: 'answer', selected: this.select(selector), hits: 0, answer });
  }

  /**
   * Swallows replies; the requests are executed. A client takes the reply after a dropped one for its answer,
   * so drop all, or the last.
   */
  dropReplies(selector: RequestSelector = {}): Fault {
    return this.add({ kind: 'dropReply', selected: this.select(selector), hits: 0 });
  }

  /** Delivers the first half of a reply only. */
  halfReply({ ending = 'cut', how = 'end', ...selector }: HalfReplyOptions = {}): Fault {
    return this.add({ kind: 'halfReply', selected: this.select(selector), hits: 0, ending, how });
  }

  /** Takes all faults of this set away. */
  clear(): void {
    this.active.length = 0;
    this.onChange();
  }

  /** @internal */
  list(): readonly ActiveFault[] {
    return this.active;
  }

  private select(selector: RequestSelector): SelectedRequests {
    if (!this.parses) {
      throw new TypeError('This proxy does not parse requests: start it with parse: true to select any');
    }
    return new SelectedRequests(selector);
  }

  private add(fault: ActiveFault): Fault {
    this.active.push(fault);
    this.onChange();
    return {
      get hits() {
        return 'hits' in fault ? fault.hits : 0;
      },
      clear: () => {
        const index = this.active.indexOf(fault);
        if (index === -1) return;
        this.active.splice(index, 1);
        this.onChange();
      },
    };
  }
}
