import { RedisError } from '@holdfast/redis';
import { type Clock, Deadline, DeadlineExceededError, withDeadline } from '@holdfast/resilience';
import { CacheTimeoutError } from '../cache.errors.js';
import { encodeEntry, type TagVersions } from '../entries/cache-entry.js';
import type { FactoryLock, FactoryLocks } from '../locks/factory-locks.js';
import type { ResolvedCachePolicy } from '../redis-cache.options.js';
import type { EntryStore, Lookup } from '../store/entry-store.js';
import type { TagRegistry } from '../tags/tag-registry.js';
import { freshness } from './freshness.js';
import type { Flight, Outcome } from './flight.js';

/** Makes a value. @param context.signal aborts when the value is not wanted any more */
export type CacheFactory<T> = (context: { readonly signal: AbortSignal }) => T | PromiseLike<T>;

export interface ValueMakerInit {
  readonly entries: EntryStore;
  readonly tags: TagRegistry;
  readonly locks: FactoryLocks;
  readonly clock: Clock;
  /** Wall clock in ms for what is made now. */
  stamp(): number;
  /** Wall clock in ms. */
  wall(): number;
  /** From 0 to 1, for jitter. */
  random(): number;
}

/** One value to be made. */
export interface Order {
  readonly key: string;
  readonly tags: readonly string[];
  readonly policy: ResolvedCachePolicy;
  readonly factory: CacheFactory<unknown>;
  /** What was found before. */
  readonly lookup: Lookup;
}

const firstPollMs = 10;
const lastPollMs = 100;

/** Comes by a value: agrees with other processes who calls the factory, calls it or waits for who does, and keeps what it gives. */
export class ValueMaker {
  readonly #init: ValueMakerInit;

  constructor(init: ValueMakerInit) {
    this.#init = init;
  }

  /** To be given to a {@link Flight}. */
  async make(order: Order, flight: Flight, arrive: (outcome: Outcome) => void): Promise<void> {
    const deadline = Deadline.after(order.policy.hardTimeoutMs, this.#init.clock);
    let found = order.lookup;
    for (let attempt = 0; ; attempt++) {
      const versions = await this.#init.tags.versionsFor(order.tags, found.versions);
      flight.versions = versions;
      const lock = found.source === 'memory' ? 'unavailable' : await this.#init.locks.acquire(order.key, versions, found.lock);
      if (lock === 'unavailable') return this.#callFactory(order, versions, undefined, flight, deadline, arrive);
      // Another process may have kept a value between our look and our lock, or while we waited.
      const now = await this.#init.entries.lookup(order.key, order.tags, true);
      if (this.#isNews(now, order.lookup)) {
        await lock?.release();
        if (now.entry?.tags !== undefined) flight.versions = now.entry.tags;
        arrive({ kind: 'value', text: encodeEntry(now.entry as NonNullable<typeof now.entry>), source: now.source });
        return undefined;
      }
      if (lock !== undefined) return this.#callFactory(order, versions, lock, flight, deadline, arrive);
      if (deadline.expired) throw new CacheTimeoutError(order.policy.hardTimeoutMs);
      found = now;
      await this.#pause(attempt, deadline);
    }
  } // prettier-ignore

  async #callFactory(
    { key, factory, policy }: Order,
    versions: TagVersions,
    lock: FactoryLock | undefined,
    flight: Flight,
    deadline: Deadline,
    arrive: (outcome: Outcome) => void,
  ): Promise<void> {
    // What is true when the factory begins may be outdated when it ends.
    const at = this.#init.stamp();
    try {
      const value = await withDeadline((signal) => factory({ signal }), { deadline });
      const lifeMs = this.#lifeMs(policy);
      const expires = lifeMs === undefined ? {} : { expires: this.#init.stamp() + lifeMs };
      const tags = Object.keys(versions).length === 0 ? {} : { tags: versions };
      const outcome: Outcome = { kind: 'value', text: encodeEntry({ value, at, ...expires, ...tags }), source: 'factory' };
      if (value === undefined || flight.isOutdated) {
        await lock?.release();
        arrive(outcome);
        return;
      }
      const kept = this.#init.entries.writeText(key, outcome.text, lifeMs === undefined ? undefined : lifeMs + policy.graceMs);
      arrive(outcome);
      await this.#land(kept, key, lock);
    } catch (error) {
      await lock?.release();
      throw error instanceof DeadlineExceededError && deadline.expired
        ? new CacheTimeoutError(policy.hardTimeoutMs)
        : error;
    }
  } // prettier-ignore

  /** Gives the lock up behind the write. Whoever deleted the key in another process took the lock with it. */
  async #land(kept: Promise<void>, key: string, lock: FactoryLock | undefined): Promise<void> {
    await kept.catch(ignoreRedis);
    const wasOurs = lock === undefined || (await lock.release());
    if (!wasOurs) await this.#init.entries.delete([key]).catch(ignoreRedis);
  }

  /** Whether there is a fresh value now that was not there before. */
  #isNews({ entry }: Lookup, before: Lookup): boolean {
    return freshness(entry, 0, this.#init.wall()) === 'fresh' && entry?.at !== before.entry?.at;
  }

  #lifeMs({ ttlMs, jitterRatio }: ResolvedCachePolicy): number | undefined {
    return ttlMs === undefined
      ? undefined
      : Math.max(1, Math.ceil(ttlMs * (1 - jitterRatio * this.#init.random())));
  }

  async #pause(attempt: number, deadline: Deadline): Promise<void> {
    const longest = Math.min(lastPollMs, firstPollMs * 2 ** Math.min(attempt, 10));
    const delayMs = Math.min(deadline.remainingMs, longest * (0.5 + this.#init.random() / 2));
    await new Promise<void>((resolve) => this.#init.clock.setTimeout(resolve, delayMs));
  }
}

/** The value is there; that it could not be kept is for the channel and the log of the connection. */
function ignoreRedis(error: unknown): void {
  if (!RedisError.isRedisError(error)) throw error;
}
