import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BackendFactory,
  ErrorCode,
  QueueKeys,
  RedisConnection,
  RedisQueueBackend,
  type WorkerOptions,
} from 'bullmq';
import type { Redis } from 'ioredis';
import { borrowed } from '../bull/job-adder.js';
import { isAway, mayHaveRun } from '../failures.js';
import type { QueueRuntime } from '../queue-runtime.js';
import { HeldJobs } from './held-jobs.js';
import { untilUsable } from './until-usable.js';

/** What BullMQ's scripts return of the next job: its data, its id, and two delays. */
type NextJob = unknown[];

/** Pause before something is sent again, so that a server which answers with errors is not hammered. */
const againMs = 50;

const lostLock = new Set<unknown>([
  ErrorCode.JobLockNotExist,
  ErrorCode.JobNotInState,
  ErrorCode.JobNotExist,
]);

/**
 * Beneath a worker: BullMQ's own backend, but what the worker reports waits for Redis, and arrives once.
 *
 * When the connection breaks after a report was sent, nobody knows whether it arrived. Sending it again would be
 * refused for want of a lock, BullMQ would take that for a failure of the job, and the next job, which the report
 * may have fetched, would be nobody's until it counts as stalled. So it is asked first.
 */
export class WorkerBackend extends RedisQueueBackend {
  /** Jobs that the worker is processing, and their tokens. */
  readonly active = new Map<string, string>();
  readonly #retired = new AbortController();
  #client!: Redis;
  #blocking!: Redis;
  #held!: HeldJobs;
  /** Taken off the connection when the worker is closed. */
  #onReady!: () => void;

  static readonly factory =
    (runtime: QueueRuntime): BackendFactory<RedisQueueBackend> =>
    (name, opts) => {
      const { workers: client } = runtime.connections;
      const { prefix = 'bull', name: workerName, lockDuration = 30_000 } = opts as WorkerOptions;
      const keys = new QueueKeys(prefix);
      // By this name BullMQ finds the workers of a queue.
      const suffix = workerName ? `:w:${workerName}` : '';
      const connectionName = `${prefix}:${Buffer.from(name).toString('base64')}${suffix}`;
      const blocking = runtime.connections.blocking({ connectionName });
      const backend = new WorkerBackend(
        new RedisConnection(client as never, borrowed),
        name,
        keys.getKeys(name),
        (type) => keys.toKey(name, type),
        opts,
        new RedisConnection(blocking as never, { ...borrowed, shared: false, blocking: true }),
      );
      backend.#client = client;
      backend.#blocking = blocking;
      backend.#held = new HeldJobs(client, backend, lockDuration);
      backend.#onReady = () => void backend.#holdAll().catch(() => undefined);
      client.on('ready', backend.#onReady);
      return backend;
    };

  /** No new job from now on, and no waiting for one. */
  retire(): void {
    this.#retired.abort();
  }

  override close(force?: boolean): Promise<void> {
    this.#client.off('ready', this.#onReady);
    return super.close(force);
  }

  override waitUntilReady(): Promise<void> {
    return untilUsable(this.#client);
  }

  override async moveToActive(token: string, name?: string): Promise<NextJob> {
    for (let sent = false; ;) {
      try {
        await untilUsable(this.#client, this.#retired.signal);
        const found = sent ? await this.#adopt(token) : undefined;
        return found ?? (await super.moveToActive(token, name));
      } catch (error) {
        if (this.#retired.signal.aborted || !this.#mayComeBack(error)) throw error;
        sent ||= mayHaveRun(error);
        await sleep(againMs);
      }
    }
  }

  override async moveToCompleted(
    ...args: Parameters<RedisQueueBackend['moveToCompleted']>
  ): ReturnType<RedisQueueBackend['moveToCompleted']> {
    const [{ id }, , , token] = args;
    const moved = await this.#report(id as string, token, () => super.moveToCompleted(...args));
    return 'reply' in moved ? moved.reply : { result: moved.next, finishedOn: Date.now() };
  }

  override async moveToFailed(
    ...args: Parameters<RedisQueueBackend['moveToFailed']>
  ): ReturnType<RedisQueueBackend['moveToFailed']> {
    const [{ id }, , , token] = args;
    const moved = await this.#report(id as string, token, () => super.moveToFailed(...args));
    return 'reply' in moved ? moved.reply : { result: moved.next, finishedOn: Date.now() };
  }

  override async moveToDelayed(
    ...args: Parameters<RedisQueueBackend['moveToDelayed']>
  ): ReturnType<RedisQueueBackend['moveToDelayed']> {
    const [id, , , token = '0'] = args;
    const moved = await this.#report(id, token, () => super.moveToDelayed(...args));
    return 'reply' in moved ? moved.reply : moved.next;
  }

  override async retryJob(...args: Parameters<RedisQueueBackend['retryJob']>): Promise<void> {
    const [id, , token = '0'] = args;
    await this.#report(id, token, () => super.retryJob(...args));
  }

  override async extendLocks(ids: string[], tokens: string[]): Promise<string[]> {
    await untilUsable(this.#client);
    const holdings = await Promise.all(ids.map((id, index) => this.#held.hold(id, tokens[index] ?? '')));
    return ids.filter((_, index) => holdings[index] !== 'held');
  }

  override async moveStalledJobsToWait(): Promise<string[]> {
    await untilUsable(this.#client, this.#retired.signal);
    // What is being processed here is not stalled, even if its lock ran out in an outage.
    await this.#holdAll();
    return super.moveStalledJobsToWait();
  }

  override updateProgress(...args: Parameters<RedisQueueBackend['updateProgress']>): Promise<void> {
    return this.#untilDone(() => super.updateProgress(...args));
  }

  override updateData(...args: Parameters<RedisQueueBackend['updateData']>): Promise<void> {
    return this.#untilDone(() => super.updateData(...args));
  }

  /** As in BullMQ, without its watchdog: the heartbeat of the connection finds what the watchdog is for. */
  override async waitForJob(blockTimeout: number): Promise<{ member: string; score: number } | null> {
    try {
      const popped = await this.#blocking.bzpopmin(this.keys.marker as string, blockTimeout);
      return popped ? { member: popped[1], score: Number.parseInt(popped[2], 10) } : null;
    } catch (error) {
      if (this.closing || !this.#mayComeBack(error)) throw error;
      // The marker may have been taken without our hearing of it: look for a job.
      return { member: '0', score: 0 };
    }
  }

  /** @returns the reply, or what is known of the next job when the reply was lost */
  async #report<T>(
    id: string,
    token: string,
    send: () => Promise<T>,
  ): Promise<{ reply: T } | { next: NextJob }> {
    for (let sent = false, ask = false; ;) {
      try {
        // A lock may run out while there is no connection.
        ask ||= this.#client.status !== 'ready';
        await untilUsable(this.#client);
        const holding = ask ? await this.#held.hold(id, token) : 'held';
        // Once more than one report was sent, a job that is not active any more was reported by the first.
        if (sent && (holding === 'finished' || holding === 'returned')) {
          return { next: (await this.#adopt(token, id)) ?? [] };
        }
        const reply = await send();
        return { reply };
      } catch (error) {
        if (!ask && lostLock.has((error as { code?: unknown }).code)) {
          ask = true;
          continue;
        }
        if (!this.#mayComeBack(error)) throw error;
        sent ||= mayHaveRun(error);
        ask = true;
        await sleep(againMs);
      }
    }
  }

  /** Repeats what may be repeated until Redis has it. */
  async #untilDone(work: () => Promise<void>): Promise<void> {
    for (;;) {
      await untilUsable(this.#client);
      try {
        return await work();
      } catch (error) {
        if (!this.#mayComeBack(error)) throw error;
        await sleep(againMs);
      }
    }
  }

  /** The job that was made active for this token, if there is one. */
  async #adopt(token: string, known?: string): Promise<NextJob | undefined> {
    const id = await this.#held.find(token, known);
    const data = id === undefined ? undefined : await this.getJobData(id);
    return data === undefined ? undefined : [data, id, 0, 0];
  }

  async #holdAll(): Promise<void> {
    await Promise.all([...this.active].map(([id, token]) => this.#held.hold(id, token)));
  }

  #mayComeBack(error: unknown): boolean {
    return this.#client.status !== 'end' && isAway(error);
  }
}
