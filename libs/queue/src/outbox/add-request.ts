import type { JobJson, ParentKeyOpts } from 'bullmq';
import type { AddTicket } from './add-tickets.js';

/** A job as BullMQ is about to store it, and where. */
export interface JobDraft {
  readonly queue: string;
  readonly prefix: string;
  /** As the caller gave it. */
  readonly id: string | undefined;
  readonly job: JobJson;
  /** The parent it belongs to. Such a job cannot wait: its parent would go on without it. */
  readonly parent: ParentKeyOpts | undefined;
}

/** A draft with its place in the order, and the proof that it was added. */
export interface AddRequest extends JobDraft {
  /** Final: made up here when the caller gave none. */
  readonly id: string;
  /** Order of the calls within this process. */
  readonly order: number;
  readonly ticket: AddTicket;
}
