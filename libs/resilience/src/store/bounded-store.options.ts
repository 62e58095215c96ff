import type { Clock } from '../clock/clock.js';

export interface BoundedStoreOptions<Value> {
  /** Keys, values and what each entry costs besides, together. @default 104857600 (100 MB) */
  readonly maxBytes?: number;
  /** Bytes of a value that is stored without a size of its own. @default strings, binary data and plain scalars only */
  readonly bytesOf?: (value: Value) => number;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** How a value is to be stored. */
export interface StoreOptions {
  /** The value expires so many milliseconds from now. Not together with `expiresAt`. @default never */
  readonly ttlMs?: number | undefined;
  /** The value expires at this moment of the store's clock. @default never */
  readonly expiresAt?: number | undefined;
  /** Bytes of the value, without key and overhead. @default what the store's `bytesOf` answers */
  readonly bytes?: number | undefined;
}

/** A stored value; moments are in milliseconds of the store's clock. */
export interface StoredEntry<Value> {
  readonly value: Value;
  readonly storedAt: number;
  /** Infinity: never. */
  readonly expiresAt: number;
  /** What the entry counts for, key and overhead included. */
  readonly bytes: number;
}

export interface BoundedStoreStats {
  /** Number of entries, as in lru-cache; the same as `itemCount`. */
  readonly size: number;
  /** Bytes of all entries, never more than `maxBytes`. */
  readonly calculatedSize: number;
  readonly itemCount: number;
  readonly maxBytes: number;
  readonly hits: number;
  readonly misses: number;
  /** Entries that had to leave for others, least recently used first. */
  readonly evictions: number;
}
