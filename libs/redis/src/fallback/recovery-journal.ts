/** One write that Redis does not have yet. */
export interface JournalEntry {
  readonly key: string;
  readonly kind: 'set' | 'expire' | 'del';
  /** The value of a `set`. */
  readonly value?: string;
  /** Monotonic time in ms at which the key expires; `Infinity` for never. */
  readonly expiresAt: number;
  /** When it was written: microseconds of the wall clock, to tell which of several processes was last. */
  readonly writtenAtUs: number;
}

export interface RecoveryJournalOptions {
  readonly maxBytes: number;
  /** Monotonic time in ms. */
  now(): number;
  /** Wall clock in microseconds. */
  wallUs(): number;
}

/** What a map entry and its objects take beside key and value. */
const overheadBytes = 200;

/**
 * What was written while Redis could not be: the last write of each key. Deletes are kept as tombstones, what
 * has expired drops out. Bounded in bytes: what does not fit is refused, nothing is forgotten.
 */
export class RecoveryJournal {
  readonly #options: RecoveryJournalOptions;
  readonly #entries = new Map<string, JournalEntry>();
  #bytes = 0;

  constructor(options: RecoveryJournalOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The last write of a key, if Redis does not have it yet and it has not expired. */
  get(key: string): JournalEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.kind === 'del' || entry.expiresAt > this.#options.now()) return entry;
    // What has expired must not be what Redis still has from before.
    return { ...entry, kind: 'del' };
  }

  /**
   * Records a write in the place of any earlier one of its key.
   *
   * @param ttlMs time to live from now on; never when `undefined`
   * @returns false when it does not fit; the journal is as it was then
   */
  record(kind: JournalEntry['kind'], key: string, ttlMs?: number, value?: string): boolean {
    const earlier = this.#entries.get(key);
    const entry: JournalEntry = {
      key,
      kind,
      ...(value === undefined ? {} : { value }),
      expiresAt: ttlMs === undefined ? Infinity : this.#options.now() + ttlMs,
      writtenAtUs: this.#options.wallUs(),
    };
    const bytes = this.#bytes + bytesOf(entry) - (earlier ? bytesOf(earlier) : 0);
    if (bytes > this.#options.maxBytes) return false;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#bytes = bytes;
    return true;
  }

  /** Forgets a key: Redis has the entry, or something later. With an entry, only if it is still the last one. */
  forget(key: string, entry?: JournalEntry): void {
    const last = this.#entries.get(key);
    if (last === undefined || (entry !== undefined && last.writtenAtUs !== entry.writtenAtUs)) return;
    this.#entries.delete(key);
    this.#bytes -= bytesOf(last);
  }

  /** Up to so many entries, the oldest first. They stay until they are forgotten. */
  first(count: number): readonly JournalEntry[] {
    const entries: JournalEntry[] = [];
    for (const key of this.#entries.keys()) {
      if (entries.length === count) break;
      entries.push(this.get(key) as JournalEntry);
    }
    return entries;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}

function bytesOf({ key, value }: JournalEntry): number {
  return overheadBytes + 2 * key.length + 2 * (value?.length ?? 0);
}
