import type { RedisService } from '@holdfast/redis';
import type { BoundedLabel } from '../series/bounded-label.js';
import type { SeriesSet } from '../series/series-set.js';

/** A service whose series are shown. */
export interface ObservedRedis {
  /** Value of the label `registration`: the name given to `RedisModule.forRoot`, or `default`. */
  readonly registration: string;
  readonly redis: RedisService;
  /** Keeps the names of its operations few. */
  readonly operations: BoundedLabel;
}

export interface InstrumentContext {
  /** Where to make series, and listen. */
  readonly series: SeriesSet;
  readonly services: readonly ObservedRedis[];
  /** Upper bounds of histograms, in seconds. */
  readonly durationBuckets: readonly number[];
}

/**
 * The series of one subject: makes them, listens to the channels of whoever publishes, reads snapshots at
 * scrape time. Runs once, when the application starts.
 *
 * @example
 * const orders: MetricsInstrument = ({ series }) => {
 *   const total = series.counter({ name: 'orders_total', help: 'Orders.', labelNames: ['result'] });
 *   series.listen<OrderEvent>(orderChannels.placed, ({ result }) => total.inc({ result }));
 * };
 */
export type MetricsInstrument = (context: InstrumentContext) => void;
