export type { InstrumentContext, MetricsInstrument, ObservedRedis } from './instruments/instrument.js';
export { RedisMetricsModule } from './redis-metrics.module.js';
export type { RedisMetricsExtras, RedisMetricsOptionsFactory } from './redis-metrics.module-definition.js';
export { RedisMetrics } from './redis-metrics.js';
export type { RedisMetricsOptions } from './redis-metrics.options.js';
export { BoundedLabel, type BoundedLabelOptions } from './series/bounded-label.js';
export type { DurationHistogram, DurationHistogramOptions, Durations } from './series/duration-histogram.js';
export type { ReadSeries, ReadSeriesOptions, SeriesOptions, SeriesSet } from './series/series-set.js';
