import type { OperationMetrics } from './operation-totals.js';
import { totalsByOperation } from './operation-totals.js';
import type { MetricsInstrument } from './instrument.js';

const states = ['closed', 'open', 'half-open', 'isolated'] as const;

/** What every call came to; each call is in one of these. */
const results: Readonly<Record<string, (of: OperationMetrics) => number>> = {
  success: ({ successes }) => successes,
  error: ({ failures, timeouts }) => failures - timeouts,
  timeout: ({ timeouts }) => timeouts,
  reject: ({ rejects }) => rejects,
};

/** The circuit breaker: its state, its changes, and what became of the calls before it. */
export const breakerInstrument: MetricsInstrument = ({ series, services }) => {
  series.gauge({
    name: 'holdfast_redis_breaker_state',
    help: 'State of the circuit breaker: 1 for the present one, 0 for the others.',
    labelNames: ['registration', 'state'],
    read: (set) => {
      for (const { registration, redis } of services) {
        const present = redis.circuitBreaker.state;
        for (const state of states) set({ registration, state }, Number(state === present));
      }
    },
  });

  const transitions = series.counter({
    name: 'holdfast_redis_breaker_transitions_total',
    help: 'Changes of the circuit breaker to a state.',
    labelNames: ['registration', 'state'],
  });
  for (const { registration, redis } of services) {
    for (const state of states) transitions.inc({ registration, state }, 0);
    series.follow(redis.events, 'breaker', ({ to }) => transitions.inc({ registration, state: to.kind }));
  }

  series.counter({
    name: 'holdfast_redis_breaker_calls_total',
    help: 'Calls by operation and by what Redis did with them, since the start of the service.',
    labelNames: ['registration', 'db_operation_name', 'result'],
    read: (set) => {
      for (const service of services) {
        for (const [operation, metrics] of totalsByOperation(service)) {
          for (const [result, of] of Object.entries(results)) {
            const { registration } = service;
            set({ registration, db_operation_name: operation, result }, of(metrics));
          }
        }
      }
    },
  });
};
