import type { RedisEventEmitter, RedisHealth } from './redis-events.js';

/**
 * Checks health again and again and tells of changes. One check at a time; its timer never keeps the process
 * alive.
 */
export class HealthMonitor {
  readonly #check: () => Promise<RedisHealth>;
  readonly #events: RedisEventEmitter;
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #last: RedisHealth | undefined;

  constructor(check: () => Promise<RedisHealth>, events: RedisEventEmitter) {
    this.#check = check;
    this.#events = events;
  }

  /** Result of the last check, if there was one. */
  get last(): RedisHealth | undefined {
    return this.#last;
  }

  /** @param intervalMs time between two checks; 0 does not start it */
  start(intervalMs: number): void {
    if (intervalMs > 0) this.#timer ??= setInterval(() => void this.#run(), intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      const health = await this.#check().catch(unhealthy);
      const changed = this.#last?.healthy !== health.healthy;
      this.#last = health;
      if (changed && this.#timer !== undefined) this.#events.emit('health', health);
    } finally {
      this.#running = false;
    }
  }
}

/** A check that fails says as much as one that finds Redis down. */
function unhealthy(error: unknown): RedisHealth {
  return { healthy: false, latency: 0, error: error instanceof Error ? error.message : String(error) };
}
