import type { RedisCircuitBreaker } from '@holdfast/redis';
import type { ObservedRedis } from './instrument.js';

export type OperationMetrics = NonNullable<ReturnType<RedisCircuitBreaker['getMetrics']>>;

/** What became of the calls of each operation, under the names that the labels know. */
export function totalsByOperation({ redis, operations }: ObservedRedis): Map<string, OperationMetrics> {
  const totals = new Map<string, OperationMetrics>();
  for (const [label, metrics] of Object.entries(redis.circuitBreaker.getAllMetrics())) {
    const operation = operations.of(label.replace(/^redis-/, ''));
    const earlier = totals.get(operation);
    totals.set(operation, earlier === undefined ? metrics : plus(earlier, metrics));
  }
  return totals;
}

function plus(a: OperationMetrics, b: OperationMetrics): OperationMetrics {
  return {
    ...a,
    requests: a.requests + b.requests,
    successes: a.successes + b.successes,
    failures: a.failures + b.failures,
    timeouts: a.timeouts + b.timeouts,
    rejects: a.rejects + b.rejects,
    fallbacks: a.fallbacks + b.fallbacks,
  };
}
