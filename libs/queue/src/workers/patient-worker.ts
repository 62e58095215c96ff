import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, type Processor, Worker, type WorkerOptions } from 'bullmq';
import { quietErrors } from '../bull/quiet-errors.js';
import { findRuntime, type QueueRuntime } from '../queue-runtime.js';
import { WorkerBackend } from './worker-backend.js';

/** Pause in ms before BullMQ's loop tries again after an error; its own default of 15 s is for no connection of ours. */
const runRetryDelayMs = 1_000;

/** Pause in ms after a check for stalled jobs has failed. */
const againMs = 500;

/**
 * BullMQ's worker, which rides through outages: what it was processing is finished, and reported once when Redis
 * is back. With a connection that is not ours it is BullMQ's worker and nothing else.
 */
export class PatientWorker extends Worker {
  readonly #runtime: QueueRuntime | undefined;
  #closed: Promise<void> | undefined;

  constructor(name: string, processor: string | URL | Processor | null | undefined, opts: WorkerOptions) {
    const runtime = findRuntime(opts);
    if (runtime === undefined) {
      super(name, processor, opts);
      return;
    }
    super(name, processor, { runRetryDelay: runRetryDelayMs, ...opts }, WorkerBackend.factory(runtime));
    this.#runtime = runtime;
    runtime.workers.add(this);
    quietErrors(this, runtime.log, name);
    this.on('completed', () => runtime.news.tell(name, 'completed'));
    this.on('failed', () => runtime.news.tell(name, 'failed'));
  }

  override async processJob(job: Job, token: string, fetchNext?: () => boolean): Promise<void | Job> {
    if (this.#runtime === undefined) return super.processJob(job, token, fetchNext);
    const { active } = this.backend as WorkerBackend;
    const id = job.id as string;
    active.set(id, token);
    try {
      return await super.processJob(job, token, fetchNext);
    } finally {
      active.delete(id);
    }
  }

  protected override checkConnectionError<T>(
    work: () => Promise<T>,
    delayMs?: number,
  ): Promise<T | undefined> {
    // BullMQ's pause of 5 s would keep a process that has closed everything.
    return super.checkConnectionError(work, this.#runtime === undefined ? delayMs : againMs);
  }

  /**
   * Takes no new job, and waits for those that are being processed, but not for ever: `workerCloseTimeoutMs`. While
   * the application shuts down it returns at once, and the shutdown of `RedisModule` waits within its deadline.
   */
  override async close(force = false): Promise<void> {
    if (this.#runtime === undefined) return super.close(force);
    this.retire(force);
    if (this.#runtime.applicationIsClosing) return;
    await this.finish(this.#runtime.options.workerCloseTimeoutMs);
  }

  retire(force = false): void {
    (this.backend as WorkerBackend).retire();
    this.#closed ??= super.close(force).finally(() => this.#runtime?.workers.delete(this));
    this.#closed.catch(() => undefined);
  }

  async finish(timeoutMs: number): Promise<void> {
    this.retire();
    const timer = new AbortController();
    const late = sleep(timeoutMs, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
    const result = await Promise.race([this.#closed, late]);
    timer.abort();
    if (result !== 'late') return;
    const left = [...(this.backend as WorkerBackend).active.keys()];
    const which = left.length > 0 ? ` jobs=${left.join(',')}` : '';
    this.#runtime?.log.warn(`event=worker-late queue=${this.name} left=${left.length}${which}`);
    if (this.#runtime?.applicationIsClosing) await this.#letGo();
  }

  /** Stops BullMQ's timers, which would keep the process for as long as a job that never ends. */
  async #letGo(): Promise<void> {
    await this.lockManager.close();
    (this as unknown as { stalledCheckStopper?: () => void }).stalledCheckStopper?.();
  }
}
