import {
  type BackendFactory,
  type JobJson,
  type ParentKeyOpts,
  QueueKeys,
  type QueueOptions,
  RedisConnection,
  RedisQueueBackend,
} from 'bullmq';
import type { JobDraft } from '../outbox/add-request.js';
import type { QueueRuntime } from '../queue-runtime.js';
import { borrowed } from './job-adder.js';

/** Beneath every queue and flow producer: BullMQ's own backend, but for how jobs are added. */
export class ProducerBackend extends RedisQueueBackend {
  #runtime!: QueueRuntime;

  static readonly factory =
    (runtime: QueueRuntime): BackendFactory<RedisQueueBackend> =>
    (name, opts) => {
      const connection = new RedisConnection(runtime.connections.producers as never, borrowed);
      const keys = new QueueKeys((opts as QueueOptions).prefix);
      const toKey = (type: string): string => keys.toKey(name, type);
      const backend = new ProducerBackend(connection, name, keys.getKeys(name), toKey, opts);
      backend.#runtime = runtime;
      return backend;
    };

  override addJob(job: JobJson, jobId: string, parent?: ParentKeyOpts): Promise<string> {
    return this.#runtime.intake.addOne(this.#draft(job, jobId, parent));
  }

  override async addJobs(
    entries: Array<{ job: JobJson; jobId: string; parentKeyOpts?: ParentKeyOpts }>,
  ): Promise<string[]> {
    if (entries.length === 0) return [];
    return this.#runtime.intake.add(
      entries.map(({ job, jobId, parentKeyOpts }) => this.#draft(job, jobId, parentKeyOpts)),
    );
  }

  override addFlow(
    ...args: Parameters<RedisQueueBackend['addFlow']>
  ): ReturnType<RedisQueueBackend['addFlow']> {
    return this.#atOnce('A flow', () => super.addFlow(...args));
  }

  override addJobScheduler(
    ...args: Parameters<RedisQueueBackend['addJobScheduler']>
  ): ReturnType<RedisQueueBackend['addJobScheduler']> {
    return this.#atOnce('A job scheduler', () => super.addJobScheduler(...args));
  }

  /** The connection is borrowed: BullMQ would close it for everyone. */
  override async disconnect(): Promise<void> {}

  #draft(job: JobJson, jobId: string | undefined, parent: ParentKeyOpts | undefined): JobDraft {
    return {
      queue: this.name,
      prefix: this.redisPrefix,
      id: jobId || undefined,
      job,
      parent: parent?.parentKey ? parent : undefined,
    };
  }

  /** @throws {RedisUnavailableError} at once while Redis is away */
  async #atOnce<T>(operation: string, work: () => Promise<T>): Promise<T> {
    this.#runtime.intake.assertUsable(operation);
    return this.#runtime.redis.guard('queue-add', work);
  }
}
