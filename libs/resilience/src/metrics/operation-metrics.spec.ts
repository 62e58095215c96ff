import * as fc from 'fast-check';
import { CircuitBreaker } from '../breaker/circuit-breaker.js';
import { OperationMetricsRegistry } from './operation-metrics.js';

describe('operation metrics (B1)', () => {
  it('counts what became of the calls of each operation under its name (B1)', () => {
    const registry = new OperationMetricsRegistry();
    const get = registry.operation('redis-get');
    for (let ms = 1; ms <= 100; ms++) get.success(ms);
    get.failure(200);
    get.timeout(300);
    get.reject();
    get.fallback();
    registry.operation('redis-set').success(5);

    expect(registry.getMetrics('redis-get')).toEqual({
      state: 'closed',
      requests: 103,
      successes: 100,
      failures: 2,
      timeouts: 1,
      rejects: 1,
      fallbacks: 1,
      latency: { p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number), max: 300 },
    });
    expect(registry.getMetrics('redis-get')?.latency.p50).toBeCloseTo(51, 0);
    expect(registry.getMetrics('redis-set')).toMatchObject({ requests: 1, failures: 0 });
    expect(Object.keys(registry.getAllMetrics())).toEqual(['redis-get', 'redis-set']);
  });

  it('shows the state of the circuit that guards the operation (B1)', () => {
    const breaker = new CircuitBreaker();
    const registry = new OperationMetricsRegistry({ stateOf: () => breaker.state.kind });
    registry.operation('redis-get');

    breaker.isolate();

    expect(registry.getMetrics('redis-get')?.state).toBe('isolated');
  });

  it('knows nothing of an operation nobody has recorded', () => {
    expect(new OperationMetricsRegistry().getMetrics('redis-get')).toBeUndefined();
  });

  it('keeps its memory bounded: names beyond the limit are counted together', () => {
    const registry = new OperationMetricsRegistry({ maxOperations: 2 });
    for (const name of ['a', 'b', 'c', 'd']) registry.operation(name).success(1);

    expect(Object.keys(registry.getAllMetrics())).toEqual(['a', 'b', 'other']);
    expect(registry.getMetrics('other')?.requests).toBe(2);
    expect(registry.getMetrics('c')).toBeUndefined();
  });

  it('adds every call up to the requests', () => {
    const kind = fc.constantFrom('success', 'failure', 'timeout', 'reject' as const);
    fc.assert(
      fc.property(fc.array(kind), (kinds) => {
        const registry = new OperationMetricsRegistry();
        const recorder = registry.operation('redis-get');
        for (const one of kinds) recorder[one](1);
        const metrics = registry.getMetrics('redis-get')!;
        expect(metrics.requests).toBe(kinds.length);
        expect(metrics.successes + metrics.failures + metrics.rejects).toBe(kinds.length);
        expect(metrics.timeouts).toBeLessThanOrEqual(metrics.failures);
      }),
    );
  });

  it('starts from zero after a reset, with the recorders at hand', () => {
    const registry = new OperationMetricsRegistry();
    const recorder = registry.operation('redis-get');
    recorder.timeout(10);
    registry.reset();
    recorder.success(1);
    expect(registry.getMetrics('redis-get')).toMatchObject({ requests: 1, timeouts: 0, latency: { max: 1 } });
  });

  it('names what is wrong with an option', () => {
    expect(() => new OperationMetricsRegistry({ maxOperations: 0 })).toThrow(
      'maxOperations must be a whole number of at least 1, got 0',
    );
  });
});
