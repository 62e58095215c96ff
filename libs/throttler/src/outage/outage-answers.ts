import type { Clock } from '@holdfast/resilience';
import type { Hit, HitRecord } from '../hit.js';
import type { HitKeys } from '../hit-keys.js';
import type { ResolvedStorageOptions } from '../redis-throttler-storage.options.js';
import { LastCounts } from './last-counts.js';
import { MemoryThrottler } from './memory-throttler.js';

/** Answers hits that Redis does not count. */
export interface OutageAnswers {
  /** Redis has counted a hit. */
  observe(keys: HitKeys, hit: Hit, record: HitRecord): void;
  answer(keys: HitKeys, hit: Hit): HitRecord;
  /** Redis counts again. */
  end(): void;
}

export function outageAnswers(options: ResolvedStorageOptions, clock: Clock): OutageAnswers {
  if (options.whenDown === 'memory') return new CountingAnswers(options, clock);
  return options.whenDown === 'deny' ? new ConstantAnswers(deny) : new ConstantAnswers(allow);
}

/** The outage cannot say when it ends; Redis is found again within seconds. */
const retryAfterSeconds = 1;

function deny({ ttlMs, limit }: Hit): HitRecord {
  return {
    totalHits: limit + 1,
    timeToExpire: Math.ceil(ttlMs / 1000),
    isBlocked: true,
    timeToBlockExpire: retryAfterSeconds,
  };
}

function allow({ ttlMs }: Hit): HitRecord {
  return { totalHits: 0, timeToExpire: Math.ceil(ttlMs / 1000), isBlocked: false, timeToBlockExpire: 0 };
}

/** The same answer to everybody. */
class ConstantAnswers implements OutageAnswers {
  readonly #answer: (hit: Hit) => HitRecord;

  constructor(answer: (hit: Hit) => HitRecord) {
    this.#answer = answer;
  }

  observe(): void {}

  answer(_: HitKeys, hit: Hit): HitRecord {
    return this.#answer(hit);
  }

  end(): void {}
}

/** Goes on counting in this process, from where Redis left off. */
class CountingAnswers implements OutageAnswers {
  readonly #instances: ResolvedStorageOptions['instances'];
  readonly #last: LastCounts;
  readonly #memory: MemoryThrottler;
  #lastInstances = 1;

  constructor({ instances, memoryMaxBytes }: ResolvedStorageOptions, clock: Clock) {
    const maxBytes = Math.ceil(memoryMaxBytes / 2);
    this.#instances = instances;
    this.#last = new LastCounts({ maxBytes, clock });
    this.#memory = new MemoryThrottler({ maxBytes, clock });
  }

  observe(keys: HitKeys, hit: Hit, record: HitRecord): void {
    this.#last.remember(keys, hit, record);
  }

  answer(keys: HitKeys, hit: Hit): HitRecord {
    const instances = this.#instanceCount();
    const limit = shareOf(hit.limit, instances);
    if (!this.#memory.knows(keys, hit.throttler)) {
      const prior = this.#last.recall(keys);
      if (prior) {
        const count = Math.min(Math.ceil(prior.count / instances), Math.ceil(limit));
        this.#memory.resume(keys, hit.throttler, { ...prior, count });
      }
    }
    return this.#memory.increment(keys, { ...hit, limit });
  }

  end(): void {
    this.#memory.clear();
  }

  #instanceCount(): number {
    if (typeof this.#instances === 'number') return this.#instances;
    try {
      const instances = Math.floor(this.#instances());
      if (instances >= 1 && instances < Infinity) this.#lastInstances = instances;
    } catch {
      // Whatever counts the instances may be in the same outage: what it said last holds.
    }
    return this.#lastInstances;
  }
}

/** Part of a limit for one of several processes; one at least, where anything is allowed at all. */
function shareOf(limit: number, instances: number): number {
  return instances === 1 || limit < 1 ? limit : Math.max(1, Math.floor(limit / instances));
}
