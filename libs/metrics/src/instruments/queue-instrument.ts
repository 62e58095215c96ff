import { channel } from 'node:diagnostics_channel';
import { BoundedLabel } from '../series/bounded-label.js';
import type { MetricsInstrument } from './instrument.js';
import { listenToRoom } from './room-events.js';

const room = channel('holdfast:queue:job');

/** What is read of the events of `@holdfast/queue` on `holdfast:queue:job`. */
export interface ObservedJobEvent {
  readonly queue: string;
  readonly event: string;
  readonly jobs: number;
  readonly outboxJobs: number;
  readonly outboxBytes: number;
}

/** Queues that keep their names. */
const maxQueues = 100;

/** Queues of the process: what became of jobs, and what waits for Redis. */
export const queueInstrument: MetricsInstrument = ({ series }) => {
  const queues = new BoundedLabel({ maxValues: maxQueues, overflow: 'other' });
  const jobs = series.counter({
    name: 'holdfast_queue_jobs_total',
    help: 'Jobs by queue and by what became of them in this process.',
    labelNames: ['queue', 'event'],
  });
  const outboxJobs = series.gauge({
    name: 'holdfast_queue_outbox_jobs',
    help: 'Jobs of all queues that wait for Redis, as of the last event.',
    labelNames: [],
  });
  const outboxBytes = series.gauge({
    name: 'holdfast_queue_outbox_bytes',
    help: 'Bytes of the jobs that wait for Redis, as of the last event.',
    labelNames: [],
  });
  listenToRoom<ObservedJobEvent>(
    series,
    room,
    { queue: 'text', event: 'text', jobs: 'amount', outboxJobs: 'amount', outboxBytes: 'amount' },
    (news) => {
      jobs.inc({ queue: queues.of(news.queue), event: news.event }, news.jobs);
      outboxJobs.set(news.outboxJobs);
      outboxBytes.set(news.outboxBytes);
    },
  );
};
