import type { Logger } from '@nestjs/common';
import { exponentialBackoff } from '@holdfast/resilience';
import { classifyError, RedisConnectionState, RedisError, type RedisService } from '@holdfast/redis';
import type { JobNews } from '../diagnostics/job-news.js';
import { isAway } from '../failures.js';
import type { AddRequest } from './add-request.js';
import type { JobSender } from './job-sender.js';
import type { Outbox, OutboxEntry } from './outbox.js';

export interface OutboxFlushInit {
  readonly redis: RedisService;
  readonly sender: JobSender;
  readonly outbox: Outbox;
  readonly news: JobNews;
  readonly log: Pick<Logger, 'log' | 'warn' | 'error'>;
  /** The outbox has become empty. */
  readonly onEmpty: () => void;
}

const batchSize = 100;

/** Brings the outbox into Redis, in order, as soon as Redis can be used and until the outbox is empty. */
export class OutboxFlush {
  readonly #init: OutboxFlushInit;
  readonly #backoff = exponentialBackoff({ minDelayMs: 50, maxDelayMs: 1_000 });
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #announced = false;
  #sent = 0;

  constructor(init: OutboxFlushInit) {
    this.#init = init;
    const client = init.redis.getClient();
    client.on('ready', () => this.#start());
  }

  /** Jobs wait from now on. @param reason why, when it is known */
  announce(reason: unknown): void {
    if (!this.#announced) {
      this.#announced = true;
      const why = reason ?? this.#init.redis.getConnections()[0]?.lastError;
      this.#init.log.warn(
        `event=outbox-waiting reason=${kindOf(why)} Jobs wait in memory until Redis is back.`,
      );
    }
    // Connected all the same: nobody will say ready.
    if (this.#isConnected) this.#later();
  }

  /** Starts at once what a connection that is there already can take. */
  start(): void {
    if (this.#isConnected) this.#start();
  }

  /**
   * Sends what can be sent in time.
   *
   * @param deadlineAt as `performance.now()` counts
   */
  async finish(deadlineAt: number): Promise<void> {
    while (this.#init.outbox.size > 0 && performance.now() < deadlineAt) {
      this.start();
      const pause = new Promise((resolve) => setTimeout(resolve, 20));
      await (this.#running === undefined ? pause : Promise.race([this.#running, pause]));
    }
    clearTimeout(this.#timer);
  }

  get #isConnected(): boolean {
    return this.#init.redis.getConnectionState() === RedisConnectionState.Connected;
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#init.outbox.size === 0) return;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  #later(): void {
    if (this.#running || this.#timer) return;
    this.#timer = setTimeout(() => this.start(), this.#backoff.delayMs(this.#failures));
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    const { outbox, log, onEmpty } = this.#init;
    while (outbox.size > 0 && this.#isConnected) {
      if (!(await this.#sendBatch())) {
        this.#failures++;
        // After this run has ended.
        setImmediate(() => this.#isConnected && this.#later());
        return;
      }
      this.#failures = 0;
    }
    if (outbox.size > 0) return;
    if (this.#announced || this.#sent > 0) log.log(`event=outbox-empty sent=${this.#sent}`);
    this.#announced = false;
    this.#sent = 0;
    onEmpty();
  }

  /** @returns whether all of them are settled */
  async #sendBatch(): Promise<boolean> {
    const { outbox, sender, news, log } = this.#init;
    const entries = outbox.first(batchSize);
    const outcomes = await sender.send(entries.map(({ text }) => JSON.parse(text) as AddRequest));
    const settled = new Set<OutboxEntry>();
    const events: Array<[queue: string, event: 'sent' | 'refused']> = [];
    for (const [index, outcome] of outcomes.entries()) {
      const entry = entries[index] as OutboxEntry;
      if (typeof outcome === 'string') events.push([entry.queue, 'sent']);
      else if (isAway(outcome.error)) continue;
      else {
        log.error(`event=outbox-refused queue=${entry.queue} job=${idOf(entry)} ${messageOf(outcome.error)}`);
        events.push([entry.queue, 'refused']);
      }
      settled.add(entry);
    }
    outbox.remove(settled);
    for (const [queue, event] of events) news.tell(queue, event);
    this.#sent += events.filter(([, event]) => event === 'sent').length;
    return settled.size === entries.length;
  }
}

const idOf = (entry: OutboxEntry): string => (JSON.parse(entry.text) as AddRequest).id;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function kindOf(reason: unknown): string {
  if (RedisError.isRedisError(reason)) return reason.kind;
  return reason === undefined ? 'NOT_CONNECTED' : classifyError(reason).kind;
}
