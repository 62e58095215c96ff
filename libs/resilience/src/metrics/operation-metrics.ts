import type { CircuitStateKind } from '../breaker/circuit-state.js';
import { functionOption, numericOption } from '../options/numeric-option.js';
import { OperationRecorder } from './operation-recorder.js';

/** Latencies in milliseconds; percentiles are within 1.6 % or 1 µs. All 0 when no call was made. */
export interface LatencySummary {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What became of the calls of one operation, since the start or the last reset. */
export interface OperationMetrics {
  /** The state of the circuit that guards the operation. */
  readonly state: CircuitStateKind;
  /** Every call: `successes + failures + rejects`. */
  readonly requests: number;
  /** Calls that failed, time-outs included. */
  readonly failures: number;
  /** Calls that were answered. */
  readonly successes: number;
  /** Calls refused without being made. */
  readonly rejects: number;
  /** Failures that were time-outs. */
  readonly timeouts: number;
  /** Failed or refused calls that were answered from elsewhere. */
  readonly fallbacks: number;
  /** Of the calls that were made. */
  readonly latency: LatencySummary;
}

export interface OperationMetricsOptions {
  /**
   * How many names are kept apart; about 8 KB each. Results of further names are counted together under `other`.
   * @default 500
   */
  readonly maxOperations?: number;
  /** The state of the circuit that guards an operation. @default always `closed` */
  readonly stateOf?: (operation: string) => CircuitStateKind;
}

/** Metrics by operation, under names such as `redis-get`. */
export class OperationMetricsRegistry {
  /** The name under which the results of all names beyond `maxOperations` are counted. */
  static readonly overflowName = 'other';

  private readonly recorders = new Map<string, OperationRecorder>();
  private readonly maxOperations: number;
  private readonly stateOf: (operation: string) => CircuitStateKind;
  private overflow: OperationRecorder | undefined;

  /** @throws TypeError | RangeError when an option is not in its range */
  constructor(options: OperationMetricsOptions = {}) {
    this.maxOperations = numericOption('maxOperations', options.maxOperations ?? 500, {
      min: 1,
      integer: true,
    });
    this.stateOf = functionOption('stateOf', options.stateOf ?? (() => 'closed' as const));
  }

  /** The recorder of an operation, made when the name is new. The same one each time. */
  operation(name: string): OperationRecorder {
    return this.recorders.get(name) ?? this.add(name);
  }

  /** The metrics of an operation as of now; undefined when nothing has asked for its recorder yet. */
  getMetrics(name: string): OperationMetrics | undefined {
    const recorder =
      this.recorders.get(name) ??
      (name === OperationMetricsRegistry.overflowName ? this.overflow : undefined);
    return recorder && this.summarize(name, recorder);
  }

  /** The metrics of all operations as of now, by name. */
  getAllMetrics(): Record<string, OperationMetrics> {
    const all = [...this.recorders];
    if (this.overflow) all.push([OperationMetricsRegistry.overflowName, this.overflow]);
    return Object.fromEntries(all.map(([name, recorder]) => [name, this.summarize(name, recorder)]));
  }

  /** Sets everything to zero. Recorders at hand stay valid. */
  reset(): void {
    for (const recorder of this.recorders.values()) recorder.reset();
    this.overflow?.reset();
  }

  private add(name: string): OperationRecorder {
    if (name === OperationMetricsRegistry.overflowName || this.recorders.size >= this.maxOperations) {
      return (this.overflow ??= new OperationRecorder());
    }
    const recorder = new OperationRecorder();
    this.recorders.set(name, recorder);
    return recorder;
  }

  private summarize(name: string, recorder: OperationRecorder): OperationMetrics {
    const { successes, failures, rejects, timeouts, fallbacks, latency } = recorder;
    return {
      state: this.stateOf(name),
      requests: successes + failures + rejects,
      failures,
      successes,
      rejects,
      timeouts,
      fallbacks,
      latency: {
        p50: latency.percentile(50),
        p95: latency.percentile(95),
        p99: latency.percentile(99),
        max: latency.max,
      },
    };
  }
}
