import { LatencyHistogram } from '../histogram/latency-histogram.js';

/** Counts the results of one operation. Keep it at hand: a result recorded here costs no look-up by name. */
export class OperationRecorder {
  /** Calls that were answered. */
  successes = 0;
  /** Calls that failed, those that ran out of time included. */
  failures = 0;
  /** Failures that were time-outs. */
  timeouts = 0;
  /** Calls refused without being made, by an open circuit or a full bulkhead. */
  rejects = 0;
  /** Failed or refused calls that were answered from elsewhere. */
  fallbacks = 0;
  /** Latencies of the calls that were made, in milliseconds. */
  readonly latency = new LatencyHistogram();

  /** An answered call that took so many milliseconds. */
  success(durationMs: number): void {
    this.successes++;
    this.latency.record(durationMs);
  }

  /** A failed call that took so many milliseconds. */
  failure(durationMs: number): void {
    this.failures++;
    this.latency.record(durationMs);
  }

  /** A call that ran out of time after so many milliseconds; a failure as well. */
  timeout(durationMs: number): void {
    this.timeouts++;
    this.failure(durationMs);
  }

  /** A call that was refused without being made. */
  reject(): void {
    this.rejects++;
  }

  /** A failed or refused call was answered from elsewhere; to be recorded besides the failure or the reject. */
  fallback(): void {
    this.fallbacks++;
  }

  /** Forgets everything. */
  reset(): void {
    this.successes = this.failures = this.timeouts = this.rejects = this.fallbacks = 0;
    this.latency.reset();
  }
}
