import type { RedisService } from '@holdfast/redis';
import type { JobAdder } from '../bull/job-adder.js';
import { isAway } from '../failures.js';
import type { AddRequest } from './add-request.js';

/** What became of one request: the job's id, or why not. */
export type AddOutcome = string | { readonly error: unknown };

/** Sends jobs over the shared connection, under the rules of `RedisService`: its breaker, its deadlines. */
export class JobSender {
  readonly #redis: RedisService;
  readonly #adder: JobAdder;

  constructor(redis: RedisService, adder: JobAdder) {
    this.#redis = redis;
    this.#adder = adder;
  }

  /**
   * Sends one, in the shortest way: it costs no more than BullMQ's own, and the breaker is looked at, not asked.
   *
   * @throws what the connection or Redis says of it
   */
  sendOne(request: AddRequest): Promise<string> {
    return this.#redis.circuitBreaker.state === 'closed'
      ? this.#adder.add(request)
      : this.#redis.guard('queue-add', () => this.#adder.add(request));
  }

  /** Sends all of them in one write, in this order. Never rejects. */
  async send(requests: readonly AddRequest[]): Promise<readonly AddOutcome[]> {
    let outcomes: AddOutcome[] | undefined;
    try {
      await this.#redis.guard('queue-add', async () => {
        const settled = await Promise.allSettled(requests.map((request) => this.#adder.add(request)));
        outcomes = settled.map((one) =>
          one.status === 'fulfilled' ? one.value : { error: one.reason as unknown },
        );
        // For the breaker: errors about a job are answers.
        for (const one of settled) if (one.status === 'rejected' && isAway(one.reason)) throw one.reason;
      });
    } catch (error) {
      outcomes ??= requests.map(() => ({ error }));
    }
    return outcomes as AddOutcome[];
  }
}
