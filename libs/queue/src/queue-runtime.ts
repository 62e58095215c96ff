import { Logger } from '@nestjs/common';
import type { RedisService } from '@holdfast/redis';
import { BullConnections } from './bull/bull-connections.js';
import { JobAdder } from './bull/job-adder.js';
import { runtimeKey } from './bull/lazy-client.js';
import { JobNews } from './diagnostics/job-news.js';
import { JobIntake } from './outbox/job-intake.js';
import { JobSender } from './outbox/job-sender.js';
import { Outbox, type OutboxEntry } from './outbox/outbox.js';
import { OutboxFile } from './outbox/outbox-file.js';
import { OutboxFlush } from './outbox/outbox-flush.js';
import {
  type RedisQueueModuleOptions,
  type ResolvedQueueOptions,
  resolveQueueOptions,
} from './redis-queue.options.js';

/** A worker, as far as the shutdown is concerned. */
export interface ClosableWorker {
  /** Takes no new job. */
  retire(): void;
  /** Waits for its jobs; says which are left when the time is up. */
  finish(timeoutMs: number): Promise<void>;
}

/** Time kept for writing the file, and for saying what is lost. */
const writingMs = 100;

/** Everything that the queues of one registration share. */
export class QueueRuntime {
  readonly redis: RedisService;
  readonly options: ResolvedQueueOptions;
  readonly connections: BullConnections;
  readonly intake: JobIntake;
  readonly outbox: Outbox;
  readonly news: JobNews;
  readonly log = new Logger('RedisQueue');
  readonly workers = new Set<ClosableWorker>();
  /** The phases of the shutdown wait for workers; nobody else needs to. */
  applicationIsClosing = false;
  readonly #flush: OutboxFlush;
  readonly #file: OutboxFile | undefined;
  #fileIsStale = false;

  constructor(redis: RedisService, options: RedisQueueModuleOptions) {
    const client = redis.getClient();
    this.redis = redis;
    this.options = resolveQueueOptions(options, {
      keyPrefix: client.options.keyPrefix ?? '',
      isCluster: (client as { isCluster?: boolean }).isCluster === true,
    });
    const { maxJobs, maxBytes, file } = this.options;
    this.#file = file === undefined ? undefined : new OutboxFile(file);
    this.connections = new BullConnections(redis, this);
    this.outbox = new Outbox({ maxJobs, maxBytes });
    this.news = new JobNews(this.outbox);
    const sender = new JobSender(redis, new JobAdder(this.connections.producers));
    const { outbox, news, log } = this;
    this.#flush = new OutboxFlush({ redis, sender, outbox, news, log, onEmpty: () => this.#forgetFile() });
    this.intake = new JobIntake({
      redis,
      sender,
      outbox,
      bounds: { maxJobs, maxBytes },
      news,
      onBuffered: (reason) => this.#flush.announce(reason),
    });
    this.#takeUp();
    redis.onShutdown({ phase: 'workers', name: 'queue workers', run: (ms) => this.#finishWorkers(ms) });
    redis.onShutdown({ phase: 'buffers', name: 'queue outbox', run: (ms) => this.#finishOutbox(ms) });
  }

  /** Does something once Redis can be used; again, when it failed. */
  whenReady(work: () => Promise<unknown> | undefined): void {
    const client = this.connections.producers;
    const attempt = (): void => {
      Promise.resolve(work()).catch(() => client.once('ready', attempt));
    };
    if (client.status === 'ready') attempt();
    else client.once('ready', attempt);
  }

  #takeUp(): void {
    if (!this.#file) return;
    const { jobs, unreadable } = this.#file.read();
    const { path } = this.#file;
    if (unreadable > 0) {
      this.log.error(
        `event=outbox-unreadable file=${path} lines=${unreadable} They are kept in ${path}.unreadable.`,
      );
    }
    this.#fileIsStale = jobs.length > 0 || unreadable > 0;
    if (jobs.length === 0) return;
    this.log.log(`event=outbox-taken-up file=${path} jobs=${jobs.length}`);
    this.intake.restore(jobs);
    this.#flush.start();
  }

  #forgetFile(): void {
    if (!this.#fileIsStale) return;
    this.#fileIsStale = false;
    this.#file?.remove();
  }

  async #finishWorkers(timeoutMs: number): Promise<void> {
    await Promise.all([...this.workers].map((worker) => worker.finish(Math.max(0, timeoutMs - writingMs))));
  }

  async #finishOutbox(timeoutMs: number): Promise<void> {
    this.intake.close();
    const isUp = this.connections.producers.status === 'ready';
    // With a file there is nothing to gain by waiting for a connection that may not come.
    const forMs = this.#file && !isUp ? 0 : Math.max(0, timeoutMs - writingMs);
    await this.#flush.finish(performance.now() + forMs);
    const left = this.outbox.first(this.outbox.size);
    if (left.length > 0) this.#leave(left);
  }

  #leave(left: readonly OutboxEntry[]): void {
    if (!this.#file) {
      this.log.error(
        `event=outbox-lost jobs=${left.length} Redis was away until the end. outbox.file would keep them.`,
      );
      return;
    }
    const { path } = this.#file;
    try {
      this.#file.write(left.map(({ text }) => text));
      this.log.warn(`event=outbox-saved jobs=${left.length} file=${path}`);
    } catch (error) {
      this.log.error(`event=outbox-lost jobs=${left.length} file=${path} ${(error as Error).message}`);
    }
  }
}

/** The runtime behind BullMQ's options. @throws {Error} when there is none */
export function runtimeOf(opts: { connection?: unknown } | undefined): QueueRuntime {
  const runtime = findRuntime(opts);
  if (runtime) return runtime;
  throw new Error('RedisQueueModule.forRoot() is missing, or a queue was given a connection of its own.');
}

/** The runtime behind BullMQ's options, if the connection is ours. */
export function findRuntime(opts: { connection?: unknown } | undefined): QueueRuntime | undefined {
  const connection = opts?.connection as { [runtimeKey]?: QueueRuntime } | undefined;
  return connection?.[runtimeKey];
}
