import {
  CircuitBreaker,
  type CircuitPermit,
  type CircuitStateChange,
  type CircuitStateKind,
  type Clock,
  type OperationMetrics,
  OperationMetricsRegistry,
  type OperationRecorder,
  proportionalBackoff,
  ratioTrip,
} from '@holdfast/resilience';

export interface CircuitOptions {
  readonly breakerFailureRatio: number;
  readonly breakerSlowCallMs: number;
  readonly breakerMinCalls: number;
  readonly breakerWindowMs: number;
  readonly breakerOpenMs: number;
  /** @default systemClock */
  readonly clock?: Clock;
}

/**
 * The circuit breaker before the shared connection, and what became of every operation. It opens when too many
 * calls fail or are slow; then calls are answered at once. It closes when a PING is answered in time, or when
 * the connection was made anew.
 */
export class RedisCircuitBreaker {
  readonly #breaker: CircuitBreaker;
  readonly #metrics: OperationMetricsRegistry;

  constructor(options: CircuitOptions, onChange: (change: CircuitStateChange) => void) {
    this.#breaker = new CircuitBreaker({
      probing: 'external',
      clock: options.clock,
      trip: ratioTrip({
        failureRatio: options.breakerFailureRatio,
        slowCallMs: options.breakerSlowCallMs,
        minCalls: options.breakerMinCalls,
        windowMs: options.breakerWindowMs,
      }),
      openTime: proportionalBackoff({
        minDelayMs: options.breakerOpenMs,
        maxDelayMs: 4 * options.breakerOpenMs,
      }),
    });
    this.#breaker.onStateChange(onChange);
    this.#metrics = new OperationMetricsRegistry({ stateOf: () => this.state });
  }

  /** `closed`, `open`, `half-open` or `isolated`. */
  get state(): CircuitStateKind {
    return this.#breaker.state.kind;
  }

  /** What became of the calls of one operation, such as `redis-get`; `undefined` when there was none. */
  getMetrics(operation: string): OperationMetrics | undefined {
    return this.#metrics.getMetrics(operation);
  }

  /** What became of the calls of all operations, by name. */
  getAllMetrics(): Record<string, OperationMetrics> {
    return this.#metrics.getAllMetrics();
  }

  /** Refuses every call until {@link reset}: for maintenance and drills. */
  isolate(): void {
    this.#breaker.isolate();
  }

  /** Lets calls through again and forgets failures. Metrics go on. */
  reset(): void {
    this.#breaker.reset();
  }

  /** @internal Leave to make one call; `undefined` when it is refused. */
  tryAcquire(): CircuitPermit | undefined {
    return this.#breaker.tryAcquire();
  }

  /** @internal The heartbeat's PING was answered, or not. */
  reportProbe(success: boolean, durationMs: number): void {
    this.#breaker.reportProbe(success, durationMs);
  }

  /** @internal The connection was made anew: what failed on the old one says nothing any more. */
  renew(): void {
    if (this.state !== 'isolated') this.#breaker.reset();
  }

  /** @internal */
  recorder(operation: string): OperationRecorder {
    return this.#metrics.operation(operation);
  }
}
