/** Which requests a fault strikes; every request when nothing is said. */
export interface RequestSelector {
  /** Only these commands, in any case: `['SET', 'INCR']`. */
  commands?: readonly string[];
  /**
   * Only the n-th of them, from 1, counted from when the fault was set.
   * @default every one
   */
  nth?: number;
}

/** Counts requests and says which of them are struck. */
export class SelectedRequests {
  private readonly commands: ReadonlySet<string> | undefined;
  private readonly nth: number | undefined;
  private seen = 0;

  /** @throws {RangeError} when `nth` is not a whole number from 1. */
  constructor({ commands, nth }: RequestSelector) {
    if (nth !== undefined && !(Number.isInteger(nth) && nth >= 1)) {
      throw new RangeError(`nth must be a whole number from 1, not ${nth}`);
    }
    this.commands = commands && new Set(commands.map((command) => command.toUpperCase()));
    this.nth = nth;
  }

  /** Whether this request is struck; to be asked once for each request. */
  takes(command: string): boolean {
    if (this.commands && !this.commands.has(command)) return false;
    this.seen++;
    return this.nth === undefined || this.nth === this.seen;
  }
}
