import type { Outbox } from './outbox/outbox.js';

/** What waits for Redis, for whoever wants to look: a gauge, a dashboard, a health check. Inject it. */
export class RedisQueueOutbox {
  readonly #outbox: Outbox;

  /** @internal */
  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Jobs of all queues that wait. */
  get jobs(): number {
    return this.#outbox.size;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#outbox.bytes;
  }
}
