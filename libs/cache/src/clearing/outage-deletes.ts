import type { RedisService } from '@holdfast/redis';

const maxKeys = 10_000;

/**
 * Deletes that only memory has. Redis gets them with the journal; where the journal is discarded, by this: what
 * was deleted stays deleted in either case.
 */
export class OutageDeletes {
  readonly #redis: RedisService;
  readonly #keys = new Set<string>();
  readonly #onTooMany: () => void;
  #tooMany = false;

  /** @param onTooMany is called instead when there were more than can be remembered */
  constructor(redis: RedisService, onTooMany: () => void) {
    this.#redis = redis;
    this.#onTooMany = onTooMany;
    redis.events.on('journal', ({ state }) => this.#ended(state));
    redis.events.on('fallback', ({ active }) => {
      if (!active) this.#forget();
    });
  }

  /** These keys were deleted, in Redis or in memory. */
  deleted(stored: readonly string[]): void {
    if (!this.#redis.getFallbackState().active || this.#tooMany) return;
    for (const key of stored) this.#keys.add(key);
    if (this.#keys.size <= maxKeys) return;
    this.#keys.clear();
    this.#tooMany = true;
  }

  #ended(state: 'applied' | 'discarded'): void {
    const keys = [...this.#keys];
    const tooMany = this.#tooMany;
    this.#forget();
    if (state === 'applied') return;
    if (tooMany) this.#onTooMany();
    // Sent in this very moment, before any read that follows.
    else if (keys.length > 0) this.#redis.unlink(...keys).catch(() => undefined);
  }

  #forget(): void {
    this.#keys.clear();
    this.#tooMany = false;
  }
}
