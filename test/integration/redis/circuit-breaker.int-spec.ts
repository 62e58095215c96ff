import { RedisConnectionState, type RedisService } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { closeServices, openService } from './open-service.js';

describe('B1: the circuit breaker around RedisService', () => {
  let server: RedisServer;
  let proxy: FaultProxy;

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
  });
  afterEach(async () => {
    await closeServices();
    await proxy.stop();
    await server.stop();
  });

  async function open(options: Parameters<typeof openService>[0] = {}): Promise<RedisService> {
    const redis = openService({ url: proxy.url, ...options });
    await redis.connect();
    return redis;
  }

  it('counts every operation under its name', async () => {
    const redis = await open();
    await redis.set('k', 'v');
    await redis.get('k');
    await redis.get('k');
    await redis.lpush('k', 'x').catch(() => undefined);
    const metrics = redis.circuitBreaker.getMetrics('redis-get');
    expect(metrics).toMatchObject({ state: 'closed', requests: 2, successes: 2, failures: 0, rejects: 0, timeouts: 0, fallbacks: 0 });
    expect(metrics?.latency.p50).toBeGreaterThan(0);
    expect(redis.circuitBreaker.getMetrics('redis-lpush')).toMatchObject({ requests: 1, failures: 1 });
    expect(redis.circuitBreaker.getMetrics('redis-never')).toBeUndefined();
    expect(Object.keys(redis.circuitBreaker.getAllMetrics()).sort()).toEqual(['redis-get', 'redis-lpush', 'redis-set']);
  }); // prettier-ignore

  it('opens when Redis is too slow, answers at once meanwhile, and closes when PING is quick again', async () => {
    const redis = await open({ breakerSlowCallMs: 100, breakerMinCalls: 5 });
    const changes: string[] = [];
    redis.events.on('breaker', ({ from, to }) => changes.push(`${from.kind}>${to.kind}`));
    const slow = proxy.faults.delay({ latencyMs: 200 });
    await Promise.allSettled(Array.from({ length: 10 }, () => redis.get('k')));
    expect(redis.circuitBreaker.state).toBe('open');
    expect(redis.getConnectionState()).toBe(RedisConnectionState.Connected);

    const durations: number[] = [];
    for (let call = 0; call < 1_000; call++) {
      const startedAt = performance.now();
      const error: unknown = await redis.get('k').catch((reason: unknown) => reason);
      durations.push(performance.now() - startedAt);
      if (call === 0) {
        expect(error).toMatchObject({ code: 'REDIS_UNAVAILABLE', kind: 'CIRCUIT_OPEN', outcome: 'not-sent' });
      }
    }
    durations.sort((a, b) => a - b);
    expect(durations[989]).toBeLessThan(1);
    expect(redis.circuitBreaker.getMetrics('redis-get')).toMatchObject({ rejects: 1_000, state: 'open' });
    // Health is about Redis, not about the breaker.
    expect(await redis.isHealthy()).toBe(true);

    slow.clear();
    await waitFor(() => redis.circuitBreaker.state === 'closed');
    expect(await redis.get('k')).toBeNull();
    expect(changes[0]).toBe('closed>open');
    expect(changes.at(-1)).toBe('half-open>closed');
  }, 15_000);

  it('opens when calls fail, and is closed again when the connection was made anew', async () => {
    const redis = await open({ commandTimeoutMs: 100, breakerMinCalls: 5, heartbeatIntervalMs: 60_000 });
    proxy.faults.blackHole({ afterwards: 'dead' });
    await Promise.allSettled(Array.from({ length: 10 }, () => redis.get('k')));
    expect(redis.circuitBreaker.state).toBe('open');
    proxy.faults.clear();
    proxy.cut();
    await waitFor(() => redis.circuitBreaker.state === 'closed');
    expect(await redis.get('k')).toBeNull();
  });

  it('does not open for errors of the caller, nor for writes that a full server refuses', async () => {
    const full = await RedisServer.start({
      directives: { maxmemory: '100kb', 'maxmemory-policy': 'noeviction' },
    });
    try {
      const redis = openService({ url: full.url, breakerMinCalls: 5 });
      await redis.connect();
      const errors = await Promise.allSettled(Array.from({ length: 20 }, () => redis.set('k', 'v')));
      expect(errors[0]).toMatchObject({
        reason: { code: 'REDIS_UNAVAILABLE', kind: 'OOM', outcome: 'rejected' },
      });
      expect(redis.circuitBreaker.state).toBe('closed');
      expect(await redis.get('k')).toBeNull();
    } finally {
      await full.stop();
    }
  });

  it('can be isolated for a drill, and reset', async () => {
    const redis = await open({ fallback: 'memory' });
    await redis.set('k', 'v');
    redis.circuitBreaker.isolate();
    expect(await redis.getWithSource('k')).toMatchObject({ value: 'v', source: 'memory' });
    await expect(redis.incr('n')).rejects.toMatchObject({ kind: 'CIRCUIT_OPEN' });
    proxy.cut();
    await waitFor(() => (redis.getConnections()[0]?.reconnects ?? 0) > 0);
    expect(redis.circuitBreaker.state).toBe('isolated');
    redis.circuitBreaker.reset();
    expect(await redis.incr('n')).toBe(1);
    await waitFor(async () => (await redis.getWithSource('k')).source === 'redis');
  });

  it('bounds what is under way, by number and bytes', async () => {
    const redis = await open({ maxInFlightCommands: 5, maxInFlightBytes: 10_000 });
    proxy.faults.delay({ latencyMs: 50 });
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => redis.get('k')));
    expect(results.map(({ status }) => status)).toEqual([
      ...Array(5).fill('fulfilled'),
      ...Array(3).fill('rejected'),
    ]);
    expect(results[5]).toMatchObject({ reason: { code: 'REDIS_OVERLOADED', outcome: 'not-sent' } });
    await expect(redis.set('k', 'x'.repeat(20_000))).rejects.toMatchObject({ code: 'REDIS_OVERLOADED' });
    expect(await redis.get('k')).toBeNull();
  });

  it('B7: repeats reads within their deadline, also those that were in flight', async () => {
    const redis = await open();
    const cuts = [1, 2, 3].map(() => proxy.faults.cutAfter({ commands: ['GET'], nth: 1 }));
    await server.command('SET', 'k', 'v');
    expect(await redis.get('k')).toBe('v');
    expect(cuts.some(({ hits }) => hits > 0)).toBe(true);
    expect(redis.circuitBreaker.getMetrics('redis-get')).toMatchObject({ requests: 1, successes: 1 });
  });

  it('B7: repeats counters only when they certainly did not run', async () => {
    const redis = await open();
    const loading = proxy.faults.answerError('LOADING Redis is loading the dataset in memory', {
      commands: ['INCR'],
    });
    const count = redis.incr('n');
    await waitFor(() => loading.hits > 1);
    loading.clear();
    expect(await count).toBe(1);
    proxy.faults.cutAfter({ commands: ['INCR'], nth: 1 });
    await expect(redis.incr('n')).rejects.toMatchObject({ outcome: 'unknown' });
    await redis.connect();
    expect(await server.command('GET', 'n')).toBe('2');
  });
});
