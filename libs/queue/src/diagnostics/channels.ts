import { channel } from 'node:diagnostics_channel';

/**
 * What became of jobs. Published on `holdfast:queue:job`, and made only when somebody subscribes. Holds no ids and
 * no data; queue names are as many as the application registers, so they are fit for a metric's label.
 */
export interface JobEvent {
  readonly queue: string;
  /**
   * - `added`: by `add` or `addBulk`, straight to Redis
   * - `buffered`: waits in the outbox, because Redis is away
   * - `sent`: left the outbox and is in Redis
   * - `refused`: could not be taken: the outbox is full, or Redis refused the job for good
   * - `completed`, `failed`: reported by a worker of this process; a failed one may be tried again
   */
  readonly event: 'added' | 'buffered' | 'sent' | 'refused' | 'completed' | 'failed';
  /** How many jobs, at least one. */
  readonly jobs: number;
  /** What waits in the outbox after this, for a gauge. */
  readonly outboxJobs: number;
  readonly outboxBytes: number;
}

/** Channels of this package. Features publish, observers listen; neither knows the other. */
export const queueChannels = {
  job: channel('holdfast:queue:job'),
} as const;
