import { BoundedStore, systemClock } from '@holdfast/resilience';

export interface CopiesOptions {
  readonly maxBytes: number;
  /** Monotonic time in ms. */
  now(): number;
}

/** What Redis holds under a key, as far as this process knows. */
export interface Copy {
  readonly value: string;
  /** Monotonic time in ms at which Redis had it. */
  readonly knownAt: number;
  /** It was read, not written: its real time to live is not known. */
  readonly wasRead: boolean;
}

/** How long a value that was only read stands in for what Redis has. */
const readCopyTtlMs = 60_000;
/** A copy that was read so lately stands as it is, when the value is the same. */
const freshMs = 1_000;
/** What a copy takes beside its value and its entry in the store. */
const overheadBytes = 32;

/** Copies of what Redis holds, written and read lately; bounded in bytes, the least recently used go first. */
export class Copies {
  readonly #store: BoundedStore<Copy>;
  readonly #now: () => number;

  constructor({ maxBytes, now }: CopiesOptions) {
    this.#now = now;
    this.#store = new BoundedStore<Copy>({
      maxBytes,
      bytesOf: ({ value }) => overheadBytes + 2 * value.length,
      clock: { ...systemClock, now },
    });
  }

  get size(): number {
    return this.#store.size;
  }

  get bytes(): number {
    return this.#store.calculatedSize;
  }

  get(key: string): (Copy & { readonly expiresAt: number }) | undefined {
    const entry = this.#store.getEntry(key);
    return entry && { ...entry.value, expiresAt: entry.expiresAt };
  }

  /** Redis took this value, to live so many ms; for ever when `undefined`. */
  written(key: string, value: string, ttlMs?: number): void {
    this.#store.set(key, { value, knownAt: this.#now(), wasRead: false }, { ttlMs });
  }

  /** Redis answered with this value, or that there is none. */
  read(key: string, value: unknown): void {
    if (typeof value === 'string') {
      const known = this.#store.get(key);
      const now = this.#now();
      // Read again and again, it need not be stored again and again.
      if (known?.value === value && known.wasRead && now - known.knownAt < freshMs) return;
      this.#store.set(key, { value, knownAt: now, wasRead: true }, { ttlMs: readCopyTtlMs });
    } else this.#store.delete(key);
  }

  /** The key lives so many ms from now on. A copy that was only read does not become more reliable by that. */
  expire(key: string, ttlMs: number): void {
    const entry = this.#store.getEntry(key);
    if (entry === undefined) return;
    const until = this.#now() + ttlMs;
    const expiresAt = entry.value.wasRead ? Math.min(entry.expiresAt, until) : until;
    this.#store.set(key, entry.value, { expiresAt });
  }

  delete(key: string): void {
    this.#store.delete(key);
  }

  clear(): void {
    this.#store.clear();
  }
}
