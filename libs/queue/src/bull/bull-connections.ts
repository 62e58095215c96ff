import type { RedisService } from '@holdfast/redis';
import type { Redis, RedisOptions } from 'ioredis';
import { lazyClient } from './lazy-client.js';

/**
 * The connections of all queues of a registration: producers share the shared one, workers share one for what
 * does not block, and have one each for waiting.
 */
export class BullConnections {
  /** For producers. Never blocks; keeps the deadlines of the registration. */
  readonly producers: Redis;
  /** For whoever asks BullMQ's way. */
  readonly lazy: Redis;
  readonly #redis: RedisService;
  #workers: Redis | undefined;

  constructor(redis: RedisService, runtime: object) {
    this.#redis = redis;
    const shared = redis.getClient();
    const { keyPrefix, connectionName } = shared.options;
    // BullMQ has a prefix of its own and throws when the connection has one too.
    this.producers = keyPrefix
      ? redis.duplicate({ keyPrefix: '', connectionName: connectionName?.replace(/:shared$/, ':queue') })
      : shared;
    this.lazy = lazyClient({
      runtime,
      make: () => this.workers,
      duplicate: (override) => this.blocking(override as Partial<RedisOptions> | undefined),
    });
  }

  /** For what workers send. Opened when the first of them asks; waits for Redis without limit of time. */
  get workers(): Redis {
    return (this.#workers ??= this.blocking());
  }

  /** For one worker, or one listener to queue events, that blocks it. */
  blocking(override: Partial<RedisOptions> = {}): Redis {
    // BullMQ reads it off the client: an INFO that fails at start would be the end of a listener.
    const asBull = { skipVersionCheck: true } as Partial<RedisOptions>;
    return this.#redis.createBullConnection({ ...override, ...asBull });
  }
}
