import { RedisConnectionState, RedisError, type RedisService } from '@holdfast/redis';
import { intakeClosed, isAway, mayHaveRun, notBuffered, outboxFull } from '../failures.js';
import type { JobNews } from '../diagnostics/job-news.js';
import type { AddRequest, JobDraft } from './add-request.js';
import { AddTickets } from './add-tickets.js';
import type { JobSender } from './job-sender.js';
import type { Outbox, OutboxBounds } from './outbox.js';
import type { SavedJob } from './outbox-file.js';

export interface JobIntakeInit {
  readonly redis: RedisService;
  readonly sender: JobSender;
  readonly outbox: Outbox;
  readonly bounds: OutboxBounds;
  readonly news: JobNews;
  /** Something waits in the outbox; called again and again. */
  readonly onBuffered: (reason: unknown) => void;
}

/**
 * Where every job of every queue comes in: straight to Redis while it can be used and nothing waits, else into
 * the outbox. It never waits for a connection that was lost.
 */
export class JobIntake {
  readonly #init: JobIntakeInit;
  readonly #tickets = new AddTickets();
  #calls = 0;
  #closed = false;

  constructor(init: JobIntakeInit) {
    this.#init = init;
  }

  /** Nothing is taken any more. */
  close(): void {
    this.#closed = true;
  }

  /** As {@link add}, for one job: the way that nearly all of them go. */
  async addOne(draft: JobDraft): Promise<string> {
    const request = this.#request(draft);
    if (!this.#mayTry()) {
      this.#buffer(request.queue, [request], undefined);
      return request.id;
    }
    try {
      const id = await this.#init.sender.sendOne(request);
      this.#init.news.tell(request.queue, 'added');
      return id;
    } catch (error) {
      if (isAway(error)) this.#buffer(request.queue, [request], error);
      else this.#refuse(request.queue, 1, error);
      return request.id;
    }
  }

  /**
   * Adds jobs, or lets them wait.
   *
   * @returns their ids, which are final
   * @throws {RedisUnavailableError} while Redis is away, when they do not fit into the outbox or cannot wait there
   */
  async add(drafts: readonly JobDraft[]): Promise<string[]> {
    const queue = drafts[0]?.queue ?? '';
    const requests = drafts.map((draft) => this.#request(draft));
    if (!this.#mayTry()) {
      this.#buffer(queue, requests, undefined);
      return requests.map(({ id }) => id);
    }
    const outcomes = await this.#init.sender.send(requests);
    const ids: string[] = [];
    const away: AddRequest[] = [];
    let reason: unknown;
    let refusal: { error: unknown } | undefined;
    for (const [index, outcome] of outcomes.entries()) {
      const request = requests[index] as AddRequest;
      if (typeof outcome === 'string') ids.push(outcome);
      else if (isAway(outcome.error) && request.parent === undefined) {
        ids.push(request.id);
        away.push(request);
        // What may have run decides: it must not be given up.
        if (reason === undefined || mayHaveRun(outcome.error)) reason = outcome.error;
      } else refusal ??= outcome;
    }
    const added = outcomes.filter((outcome) => typeof outcome === 'string').length;
    if (added > 0) this.#init.news.tell(queue, 'added', added);
    if (away.length > 0) this.#buffer(queue, away, reason);
    if (refusal) this.#refuse(queue, requests.length - added - away.length, refusal.error);
    return ids;
  }

  /** Takes up what an earlier run left behind. */
  restore(jobs: readonly SavedJob[]): void {
    this.#init.outbox.push(
      jobs.map((job) => ({ ...job, order: this.#calls++ })),
      true,
    );
  }

  /**
   * @throws {RedisUnavailableError} when Redis is known to be away
   */
  assertUsable(operation: string): void {
    if (!this.#isUsable()) {
      const { lastError } = this.#init.redis.getConnections()[0] ?? {};
      throw notBuffered(operation, RedisError.isRedisError(lastError) ? lastError : undefined);
    }
  }

  /** @throws {RedisUnavailableError} when nothing is taken any more */
  #request(draft: JobDraft): AddRequest {
    if (this.#closed) throw intakeClosed(draft.queue);
    const { queue, prefix, job, parent, id = this.#tickets.nextId() } = draft;
    return { queue, prefix, id, job, parent, order: this.#calls++, ticket: this.#tickets.next(prefix) };
  }

  #refuse(queue: string, jobs: number, error: unknown): never {
    this.#init.news.tell(queue, 'refused', jobs);
    throw error;
  }

  /** What waits goes first, so the order holds. */
  #mayTry(): boolean {
    return this.#init.outbox.size === 0 && this.#isUsable();
  }

  #isUsable(): boolean {
    switch (this.#init.redis.getConnectionState()) {
      case RedisConnectionState.Connected:
      case RedisConnectionState.Idle:
      case RedisConnectionState.Connecting:
        return true;
      default:
        return false;
    }
  }

  #buffer(queue: string, requests: readonly AddRequest[], reason: unknown): void {
    const { outbox, bounds, news, onBuffered } = this.#init;
    const mayWait = requests.every(({ parent }) => parent === undefined);
    if (!mayWait || !outbox.push(requests, mayHaveRun(reason) && reason !== undefined)) {
      news.tell(queue, 'refused', requests.length);
      throw mayWait ? outboxFull(queue, bounds) : notBuffered('A job with a parent', reason);
    }
    news.tell(queue, 'buffered', requests.length);
    onBuffered(reason);
  }
}
