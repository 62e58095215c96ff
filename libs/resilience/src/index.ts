export type { Backoff } from './backoff/backoff.js';
export { constantBackoff } from './backoff/constant-backoff.js';
export { exponentialBackoff, type ExponentialBackoffOptions } from './backoff/exponential-backoff.js';
export { proportionalBackoff, type ProportionalBackoffOptions } from './backoff/proportional-backoff.js';
export { CircuitBreaker } from './breaker/circuit-breaker.js';
export type { CircuitBreakerOptions, ProbingMode } from './breaker/circuit-breaker.options.js';
export { CircuitOpenError } from './breaker/circuit-open.error.js';
export type { CircuitPermit } from './breaker/circuit-permit.js';
export type {
  CircuitChangeReason,
  CircuitState,
  CircuitStateChange,
  CircuitStateKind,
} from './breaker/circuit-state.js';
export { consecutiveTrip, type ConsecutiveTripOptions } from './breaker/consecutive-trip.js';
export { ratioTrip, type RatioTripOptions } from './breaker/ratio-trip.js';
export type { TripStrategy } from './breaker/trip-strategy.js';
export { Bulkhead, type BulkheadOptions } from './bulkhead/bulkhead.js';
export { systemClock, type Clock, type Timer } from './clock/clock.js';
export { ManualClock } from './clock/manual-clock.js';
export { Deadline } from './deadline/deadline.js';
export { DeadlineExceededError, OperationAbortedError } from './deadline/deadline.errors.js';
export type { DeadlineLimits } from './deadline/deadline-watch.js';
export { withDeadline, type AbortableWork } from './deadline/with-deadline.js';
export { ListenerList, type Listener } from './events/listener-list.js';
export { LatencyHistogram } from './histogram/latency-histogram.js';
export {
  OperationMetricsRegistry,
  type LatencySummary,
  type OperationMetrics,
  type OperationMetricsOptions,
} from './metrics/operation-metrics.js';
export type { OperationRecorder } from './metrics/operation-recorder.js';
export { Pacer, type PacerOptions } from './pacer/pacer.js';
export { BoundedStore } from './store/bounded-store.js';
export type {
  BoundedStoreOptions,
  BoundedStoreStats,
  StoredEntry,
  StoreOptions,
} from './store/bounded-store.options.js';
export { SlidingWindow, type SlidingWindowOptions } from './window/sliding-window.js';
