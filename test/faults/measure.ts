import type { RedisService } from '@holdfast/redis';
import type { CallRecord } from './call-log.js';

/** What is measured in one cell of the matrix. Times are milliseconds; `null` where there was nothing to measure. */
export interface Figures {
  /** From the beginning of the fault until the subject was found unusable. */
  detectMs: number | null;
  /** From the end of the fault until the subject did its work again. */
  recoverMs: number | null;
  calls: number;
  hung: number;
  /** Of the calls that were made while the fault was known and lasted. */
  callsWhileOut: number;
  p50WhileOutMs: number | null;
  p99WhileOutMs: number | null;
  /** How calls ended, by what their callers were told. */
  told: Record<string, number>;
  /** Attempts to connect, per connection and second, from the beginning of the fault until the recovery. */
  attemptsPerSecond: number;
  logLines: number;
}

export function quantile(values: readonly number[], ratio: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return rounded(sorted[Math.min(sorted.length - 1, Math.floor(ratio * sorted.length))] as number);
}

export const rounded = (value: number): number => Math.round(value * 100) / 100;

/** Times of the calls that began in a span, as far as they have ended. */
export function durations(calls: readonly CallRecord[], fromMs: number, toMs: number): number[] {
  return calls
    .filter(({ startedAt, settledAt }) => startedAt >= fromMs && startedAt < toMs && settledAt !== undefined)
    .map(({ startedAt, settledAt }) => (settledAt as number) - startedAt);
}

export function countTold(calls: readonly CallRecord[]): Record<string, number> {
  const told: Record<string, number> = {};
  for (const call of calls) {
    const name = call.told ?? 'pending';
    told[name] = (told[name] ?? 0) + 1;
  }
  return told;
}

export function connectionAttempts(services: readonly RedisService[]): {
  attempts: number;
  connections: number;
} {
  const snapshots = services.flatMap((service) => service.getConnections());
  return {
    attempts: snapshots.reduce((sum, { connectionAttempts }) => sum + connectionAttempts, 0),
    connections: snapshots.length,
  };
}
