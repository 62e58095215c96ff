import type { Outbox } from '../outbox/outbox.js';
import { type JobEvent, queueChannels } from './channels.js';

/** Tells observers what became of jobs. Costs nothing while there are none. */
export class JobNews {
  readonly #outbox: Outbox;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  tell(queue: string, event: JobEvent['event'], jobs = 1): void {
    if (!queueChannels.job.hasSubscribers) return;
    const { size: outboxJobs, bytes: outboxBytes } = this.#outbox;
    queueChannels.job.publish({ queue, event, jobs, outboxJobs, outboxBytes } satisfies JobEvent);
  }
}
