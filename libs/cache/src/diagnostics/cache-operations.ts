import { channel } from 'node:diagnostics_channel';

/** How an operation ended: `stale` is a value within its grace, `factory` one that was made for the call. */
export type CacheResultKind = 'hit' | 'stale' | 'factory' | 'miss' | 'done' | 'error';

/** Where a value came from; `memory` also where memory stands in for Redis. */
export type CacheSource = 'memory' | 'redis' | 'factory';

/** A call of the cache has ended. Published on `holdfast:cache:operation`. Holds no keys and no values. */
export interface CacheOperationEvent {
  /** Prefix of the cache. */
  readonly cache: string;
  /** `refresh` is a factory in the background; `get`, `set` and the like are those of `CACHE_MANAGER` as well. */
  readonly operation: 'get' | 'getOrSet' | 'refresh' | 'set' | 'delete' | 'invalidateTags' | 'clear';
  readonly result: CacheResultKind;
  /** Milliseconds from the call to its end. */
  readonly durationMs: number;
  /** Absent where there is no value. */
  readonly source?: CacheSource;
}

/** Channels of this package. Made only when somebody subscribes. */
export const cacheChannels = {
  operation: channel('holdfast:cache:operation'),
} as const;

/** Tells how an operation ended. */
export type EndOperation = (result: CacheResultKind, source?: CacheSource) => void;

const nobodyListens: EndOperation = () => undefined;

/** Times the operations of one cache. */
export class CacheOperations {
  readonly #cache: string;
  readonly #now: () => number;

  /** @param now monotonic time in ms */
  constructor(cache: string, now: () => number) {
    this.#cache = cache;
    this.#now = now;
  }

  begin(operation: CacheOperationEvent['operation']): EndOperation {
    if (!cacheChannels.operation.hasSubscribers) return nobodyListens;
    const startedAt = this.#now();
    return (result, source) => {
      const durationMs = this.#now() - startedAt;
      const event: CacheOperationEvent = {
        cache: this.#cache,
        operation,
        result,
        durationMs,
        ...(source === undefined ? {} : { source }),
      };
      cacheChannels.operation.publish(event);
    };
  }

  /** Runs work that has no value to give. */
  async run(operation: CacheOperationEvent['operation'], work: () => Promise<void>): Promise<void> {
    const end = this.begin(operation);
    try {
      await work();
    } catch (error) {
      end('error');
      throw error;
    }
    end('done');
  }
}
