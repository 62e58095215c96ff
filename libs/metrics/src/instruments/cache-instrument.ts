import { channel } from 'node:diagnostics_channel';
import type { MetricsInstrument } from './instrument.js';
import { listenToRoom } from './room-events.js';

const room = channel('holdfast:cache:operation');

/** What is read of the events of `@holdfast/cache` on `holdfast:cache:operation`. */
export interface ObservedCacheOperation {
  readonly operation: string;
  readonly result: string;
  readonly source?: string;
  readonly durationMs: number;
}

/** Caches of the process: what was asked of them, what came of it, and how long that took. */
export const cacheInstrument: MetricsInstrument = ({ series, durationBuckets }) => {
  const durations = series.durations({
    name: 'holdfast_cache_operation_duration_seconds',
    help: 'Time from the call of a cache to its end, by what came of it and where the value was.',
    labelNames: ['operation', 'result', 'source'],
    buckets: durationBuckets,
  });
  listenToRoom<ObservedCacheOperation>(
    series,
    room,
    { operation: 'text', result: 'text', source: 'text or absent', durationMs: 'amount' },
    ({ operation, result, source = '', durationMs }) =>
      durations.of({ operation, result, source }).record(durationMs / 1000),
  );
};
