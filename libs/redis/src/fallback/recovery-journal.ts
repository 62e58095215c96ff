/** A write, before it is recorded. */
export interface JournalWrite {
  readonly kind: 'set' | 'expire' | 'del';
  readonly key: string;
  /** The value of a `set`. */
  readonly value?: string;
  /** Time to live in ms, from now on; never expires when `undefined`. */
  readonly ttlMs?: number | undefined;
}

/** One write that Redis does not have yet. */
export interface JournalEntry {
  readonly key: string;
  readonly kind: 'set' | 'expire' | 'del';
  /** The value of a `set`. */
  readonly value?: string;
  /** Monotonic time in ms at which the key expires; `Infinity` for never. */
  readonly expiresAt: number;
  /** Monotonic time in ms at which it was written. */
  readonly writtenAt: number;
  /**
   * When it was written: microseconds of the wall clock, to tell which of several processes was last. No two
   * entries of a journal have the same.
   */
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
 * has expired becomes one. Bounded in bytes: what does not fit is refused, nothing is forgotten.
 */
export class RecoveryJournal {
  readonly #options: RecoveryJournalOptions;
  readonly #entries = new Map<string, JournalEntry>();
  #bytes = 0;
  #lastUs = 0;

  constructor(options: RecoveryJournalOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The last write of a key, if Redis does not have it yet; a `del` once it has expired. */
  get(key: string): JournalEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.kind === 'del' || entry.expiresAt > this.#options.now()) return entry;
    // What has expired must not be what Redis still has from before.
    const { value: _, ...expired } = entry;
    return { ...expired, kind: 'del' };
  }

  /**
   * Records writes, each in the place of any earlier one of its key.
   *
   * @returns false when they do not fit together; none is recorded then
   */
  record(writes: readonly JournalWrite[]): boolean {
    const latest = new Map<string, JournalEntry>();
    let bytes = this.#bytes;
    for (const write of writes) {
      const entry = this.#entryOf(write);
      const earlier = latest.get(write.key) ?? this.#entries.get(write.key);
      bytes += bytesOf(entry) - (earlier ? bytesOf(earlier) : 0);
      latest.set(write.key, entry);
    }
    if (bytes > this.#options.maxBytes) return false;
    for (const [key, entry] of latest) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
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

  #entryOf({ kind, key, value, ttlMs }: JournalWrite): JournalEntry {
    const now = this.#options.now();
    // The clock may stand still between two writes, or be set back; which one was last must show all the same.
    this.#lastUs = Math.max(this.#options.wallUs(), this.#lastUs + 1);
    return {
      key,
      kind,
      ...(value === undefined ? {} : { value }),
      expiresAt: ttlMs === undefined ? Infinity : now + ttlMs,
      writtenAt: now,
      writtenAtUs: this.#lastUs,
    };
  }
}

function bytesOf({ key, value }: JournalEntry): number {
  return overheadBytes + 2 * key.length + 2 * (value?.length ?? 0);
}
