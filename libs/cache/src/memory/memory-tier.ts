import { BoundedStore } from '@holdfast/resilience';
import { type CacheEntry, decodeEntry, encodeEntry } from '../entries/cache-entry.js';

/**
 * Entries in the memory of this process, for a short time. They are kept as text, so that nobody changes the value of
 * another. What this process writes, deletes or invalidates is gone at once, what others do is noticed after `ttlMs`.
 */
export class MemoryTier {
  readonly #store: BoundedStore<string>;
  readonly #ttlMs: number;
  #changes = 0;

  constructor({ ttlMs, maxBytes }: { readonly ttlMs: number; readonly maxBytes: number }) {
    this.#ttlMs = ttlMs;
    this.#store = new BoundedStore<string>({ maxBytes });
  }

  /** Changes with everything that is deleted: what was read before must not be kept afterwards. */
  get changes(): number {
    return this.#changes;
  }

  get(key: string): CacheEntry | undefined {
    return decodeEntry(this.#store.get(key));
  }

  /** @param readAfter {@link changes} before the entry was read or made */
  keep(key: string, entry: CacheEntry, readAfter: number): void {
    if (readAfter === this.#changes) this.#store.set(key, encodeEntry(entry), { ttlMs: this.#ttlMs });
  }

  delete(keys: readonly string[]): void {
    this.#changes++;
    for (const key of keys) this.#store.delete(key);
  }

  clear(): void {
    this.#changes++;
    this.#store.clear();
  }
}
