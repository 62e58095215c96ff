import { channel } from 'node:diagnostics_channel';
import { BoundedLabel } from '../series/bounded-label.js';
import type { MetricsInstrument } from './instrument.js';
import { listenToRoom } from './room-events.js';

const room = channel('holdfast:throttler:hit');

/** What is read of the events of `@holdfast/throttler` on `holdfast:throttler:hit`. */
export interface ObservedThrottlerHit {
  readonly throttler: string;
  readonly result: string;
  readonly source: string;
  readonly durationMs: number;
}

/** Throttlers that keep their names; each may have eight histograms. */
const maxThrottlers = 20;

/** Throttlers of the process: who was let through, who said so, and how long that took. */
export const throttlerInstrument: MetricsInstrument = ({ series, durationBuckets }) => {
  const throttlers = new BoundedLabel({ maxValues: maxThrottlers, overflow: 'other' });
  const durations = series.durations({
    name: 'holdfast_throttler_hit_duration_seconds',
    help: 'Time from a hit to its answer, by throttler, answer, and who gave it.',
    labelNames: ['throttler', 'result', 'source'],
    buckets: durationBuckets,
  });
  listenToRoom<ObservedThrottlerHit>(
    series,
    room,
    { throttler: 'text', result: 'text', source: 'text', durationMs: 'amount' },
    ({ throttler, result, source, durationMs }) =>
      durations.of({ throttler: throttlers.of(throttler), result, source }).record(durationMs / 1000),
  );
};
