import { Deadline, OperationAbortedError, withDeadline } from '@holdfast/resilience';
import type { CacheSource } from '../diagnostics/cache-operations.js';
import type { TagVersions } from '../entries/cache-entry.js';

/** What came of a flight. The text is that of the entry: everyone who waited gets a value of its own. */
export type Outcome =
  | { readonly kind: 'value'; readonly text: string; readonly source: CacheSource }
  | { readonly kind: 'failure'; readonly error: unknown };

/** One attempt to come by the value of a key, for everybody in this process who wants it meanwhile. */
export class Flight {
  /** Versions of the tags it makes its value with, once they are known. */
  versions: TagVersions | undefined;
  /** What it makes is outdated already: it was deleted, written or cleared meanwhile. */
  isOutdated = false;
  /** Never rejects. */
  readonly outcome: Promise<Outcome>;
  /** When the outcome has been kept, or not. Never rejects. */
  readonly landed: Promise<void>;

  /** @param fly calls `arrive` with the outcome, and resolves when it has been kept */
  constructor(fly: (flight: Flight, arrive: (outcome: Outcome) => void) => Promise<void>) {
    let arrive: (outcome: Outcome) => void = () => undefined;
    this.outcome = new Promise((resolve) => (arrive = resolve));
    this.landed = fly(this, arrive).catch((error: unknown) => arrive({ kind: 'failure', error }));
  }

  /** Whether a caller may wait for it who has just found these versions. */
  suits(versions: ReadonlyMap<string, string | null>): boolean {
    if (this.isOutdated) return false;
    const { versions: mine } = this;
    if (mine === undefined) return true;
    return [...versions].every(([tag, version]) => mine[tag] === version);
  }

  /**
   * Waits for the outcome.
   *
   * @returns `undefined` when the time is over
   * @throws {OperationAbortedError} when the caller aborts
   */
  async within(deadline: Deadline, signal: AbortSignal | undefined): Promise<Outcome | undefined> {
    try {
      return await withDeadline(this.outcome, { deadline, signal });
    } catch (error) {
      if (error instanceof OperationAbortedError) throw error;
      return undefined;
    }
  }
}
