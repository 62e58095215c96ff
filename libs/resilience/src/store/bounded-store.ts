import { LRUCache } from 'lru-cache';
import { systemClock, type Clock } from '../clock/clock.js';
import { functionOption, numericOption } from '../options/numeric-option.js';
import type {
  BoundedStoreOptions,
  BoundedStoreStats,
  StoredEntry,
  StoreOptions,
} from './bounded-store.options.js';
import { ENTRY_OVERHEAD_BYTES, plainValueBytes, stringBytes } from './entry-bytes.js';

/**
 * A map that forgets the least recently used when it is full, and whatever has expired. Values are kept by
 * reference. Entries that have expired are never returned; they leave when they are next looked at, when their
 * room is needed, or with {@link purgeExpired}, and until then are part of the counts.
 */
export class BoundedStore<Value> implements Iterable<[string, StoredEntry<Value>]> {
  private readonly lru: LRUCache<string, StoredEntry<Value>>;
  private readonly maxBytes: number;
  private readonly bytesOf: (value: Value) => number;
  private readonly clock: Clock;
  private hits = 0;
  private misses = 0;
  private evictions = 0;

  /** @throws TypeError | RangeError when an option is not in its range */
  constructor(options: BoundedStoreOptions<Value> = {}) {
    this.maxBytes = numericOption('maxBytes', options.maxBytes ?? 100 * 1024 * 1024, {
      min: 1,
      max: Number.MAX_SAFE_INTEGER,
      integer: true,
    });
    this.bytesOf = functionOption('bytesOf', options.bytesOf ?? plainValueBytes);
    this.clock = options.clock ?? systemClock;
    this.lru = new LRUCache({
      maxSize: this.maxBytes,
      sizeCalculation: (entry) => entry.bytes,
      dispose: (_entry, _key, reason) => {
        if (reason === 'evict') this.evictions++;
      },
    });
  }

  /**
   * Stores a value in the place of any earlier one of that key.
   *
   * @returns false when the value is larger than the whole store or has expired already. It is not stored
   *   then, and an earlier value of the key is gone all the same, since it is no longer the latest.
   * @throws TypeError when the size of the value cannot be told, or both `ttlMs` and `expiresAt` are given
   * @throws RangeError when `ttlMs`, `expiresAt` or the size is not a number of at least 0
   */
  set(key: string, value: Value, options: StoreOptions = {}): boolean {
    const storedAt = this.clock.now();
    const expiresAt = expiryOf(options, storedAt);
    const valueBytes = numericOption('bytes', options.bytes ?? this.bytesOf(value), {
      min: 0,
      max: Infinity,
    });
    const bytes = Math.ceil(valueBytes) + stringBytes(key) + ENTRY_OVERHEAD_BYTES;
    if (bytes > this.maxBytes || expiresAt <= storedAt) {
      this.lru.delete(key);
      return false;
    }
    this.lru.set(key, { value, storedAt, expiresAt, bytes });
    return true;
  }

  /** The value of a key, or undefined; makes it the most recently used and counts as hit or miss. */
  get(key: string): Value | undefined {
    return this.getEntry(key)?.value;
  }

  /** Like {@link get}, with the moments of storing and expiry. */
  getEntry(key: string): StoredEntry<Value> | undefined {
    const entry = this.live(key, this.lru.get(key));
    if (entry) this.hits++;
    else this.misses++;
    return entry;
  }

  /** Whether there is a value; neither a use nor a hit or miss. */
  has(key: string): boolean {
    return this.live(key, this.lru.peek(key)) !== undefined;
  }

  /** Removes a key and returns whether there was a value. */
  delete(key: string): boolean {
    const existed = this.has(key);
    this.lru.delete(key);
    return existed;
  }

  /** Removes everything. Hits, misses and evictions go on counting. */
  clear(): void {
    this.lru.clear();
  }

  /** Removes what has expired and returns how many entries that were. Looks at every entry. */
  purgeExpired(): number {
    const now = this.clock.now();
    const expired = [...this.lru.entries()].filter(([, entry]) => entry.expiresAt <= now);
    for (const [key] of expired) this.lru.delete(key);
    return expired.length;
  }

  /** Entries that have not expired, most recently used first. Iterating is not a use. */
  *[Symbol.iterator](): Generator<[string, StoredEntry<Value>]> {
    for (const [key, entry] of this.lru.entries()) {
      if (entry.expiresAt > this.clock.now()) yield [key, entry];
    }
  }

  /** Number of entries, including any that have expired and were not looked at since. */
  get itemCount(): number {
    return this.lru.size;
  }

  /** The same as {@link itemCount}, under the name lru-cache gives it. */
  get size(): number {
    return this.lru.size;
  }

  /** Bytes of all entries, keys and overhead included. */
  get calculatedSize(): number {
    return this.lru.calculatedSize;
  }

  /** All counts at once. */
  stats(): BoundedStoreStats {
    const { size, calculatedSize, itemCount, maxBytes, hits, misses, evictions } = this;
    return { size, calculatedSize, itemCount, maxBytes, hits, misses, evictions };
  }

  private live(key: string, entry: StoredEntry<Value> | undefined): StoredEntry<Value> | undefined {
    if (!entry || entry.expiresAt > this.clock.now()) return entry;
    this.lru.delete(key);
    return undefined;
  }
}

function expiryOf({ ttlMs, expiresAt }: StoreOptions, now: number): number {
  if (ttlMs !== undefined && expiresAt !== undefined) {
    throw new TypeError('ttlMs and expiresAt exclude each other; give one of them');
  }
  if (ttlMs !== undefined) return now + numericOption('ttlMs', ttlMs, { min: 0, max: Infinity });
  return expiresAt === undefined
    ? Infinity
    : numericOption('expiresAt', expiresAt, { min: -Infinity, max: Infinity });
}
