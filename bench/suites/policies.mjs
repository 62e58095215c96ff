import { Bulkhead, CircuitBreaker, OperationMetricsRegistry } from '@holdfast/resilience';
import { runContest } from '../harness/contest.mjs';

const callsAtOnce = 200_000;

const breaker = new CircuitBreaker();
const bulkhead = new Bulkhead({ maxOperations: 1_000, maxBytes: 1_000_000 });
const recorder = new OperationMetricsRegistry().operation('redis-get');
const answer = Promise.resolve(1);

/** What stands around each command, a call at a time, without any network. */
const work = {
  clock: () => performance.now(),
  permit: () => breaker.tryAcquire()?.success(0.5),
  'permit-timed': (now) => breaker.tryAcquire()?.success(0.5, now),
  record: () => recorder.success(0.5),
  bulkhead: () => {
    bulkhead.tryEnter(100);
    bulkhead.leave(100);
  },
};

export const policiesSuite = {
  name: 'policies',
  title: 'What stands around a command',
  about:
    'The parts of the executor by themselves: one call each, in a loop, without a network. What all of them cost together, with memory kept up to date, is the difference between RedisService and REDIS_CLIENT in the suite above.',
  baseline: 'clock',
  needsRedis: false,
  spread: true,
  metrics: [{ id: 'nanoseconds', label: 'ns a call', digits: 0, better: 'lower' }],
  targets: [],
  async run({ quick, repeat, only, onProgress }) {
    const rounds = repeat ?? (quick ? 5 : 15);
    const contestants = [
      { id: 'clock', label: 'performance.now()' },
      { id: 'permit', label: 'circuit breaker, closed' },
      { id: 'permit-timed', label: 'circuit breaker, closed, time passed in' },
      { id: 'execute', label: 'circuit breaker, execute() around a promise' },
      { id: 'await', label: 'the promise alone' },
      { id: 'record', label: 'metrics of one result' },
      { id: 'bulkhead', label: 'bulkhead, in and out' },
    ].filter(({ id }) => !only || only.includes(id) || id === 'clock');
    const results = await runContest({
      contestants,
      cases: [{ id: 'call', label: 'one call' }],
      rounds,
      baseline: 'clock',
      measure: ({ id }) => timeCalls(id),
      onProgress,
    });
    return { method: `${rounds} rounds of ${callsAtOnce} calls each, interleaved`, results };
  },
};

async function timeCalls(id) {
  const startedAt = performance.now();
  if (id === 'execute') for (let call = 0; call < callsAtOnce; call++) await breaker.execute(() => answer);
  else if (id === 'await') for (let call = 0; call < callsAtOnce; call++) await answer;
  else {
    const call = work[id];
    for (let count = 0; count < callsAtOnce; count++) call(startedAt);
  }
  return { nanoseconds: ((performance.now() - startedAt) * 1e6) / callsAtOnce };
}
