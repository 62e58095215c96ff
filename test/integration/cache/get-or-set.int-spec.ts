import {
  CacheTimeoutError,
  createRedisCache,
  type RedisCacheOptions,
  type RedisCacheService,
} from '@holdfast/cache';
import type { RedisService } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { closeServices, openService } from '../redis/open-service.js';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('C1: getOrSet', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let redis: RedisService;
  let cache: RedisCacheService;
  let other: RedisCacheService;

  beforeAll(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });
  beforeEach(async () => {
    await proxy.reset();
    await server.command('FLUSHALL');
    redis = openService({ url: proxy.url, fallback: 'memory' });
    await redis.connect();
    cache = createRedisCache(redis).service;
    other = await open();
  });
  afterEach(closeServices);

  async function open(options: RedisCacheOptions = {}): Promise<RedisCacheService> {
    const service = openService({ url: server.url, fallback: 'memory' });
    await service.connect();
    return createRedisCache(service, options).service;
  }

  /** A factory that counts its calls and gives their number. */
  function factory(takesMs = 0): jest.Mock<Promise<number>> {
    const made: jest.Mock<Promise<number>> = jest.fn(async () => {
      const call = made.mock.calls.length;
      if (takesMs > 0) await sleep(takesMs);
      return call;
    });
    return made;
  }

  const failing = (): never => {
    throw new Error('of the factory');
  };

  it('calls the factory once for all callers in a process, and gives what is there afterwards', async () => {
    const make = factory(50);
    const values = await Promise.all(Array.from({ length: 200 }, () => cache.getOrSet('k', make, { ttlMs: 60_000 })));
    expect(new Set(values)).toEqual(new Set([1]));
    expect(await cache.getOrSet('k', make)).toBe(1);
    await waitFor(async () => (await other.get('k')) === 1);
    expect(make).toHaveBeenCalledTimes(1);
  }); // prettier-ignore

  it('calls it once for all connections together, however slow it is', async () => {
    const brief = await open({ lockTtlMs: 150 });
    const make = factory(700);
    const calls = [brief, other, cache].map((each) => each.getOrSetWithSource('k', make, { ttlMs: 60_000 }));
    const results = await Promise.all(calls);
    expect(results.map(({ value }) => value)).toEqual([1, 1, 1]);
    expect(make).toHaveBeenCalledTimes(1);
    expect(results.map(({ source }) => source).sort()).toEqual(['factory', 'redis', 'redis']);
    await waitFor(async () => (await server.command('EXISTS', 'cache:lock:k')) === 0);
  });

  it('does not call it for a miss that was overtaken by another process', async () => {
    const delay = proxy.faults.delay({ latencyMs: 150 });
    const make = factory();
    const overtaken = cache.getOrSetWithSource('k', make);
    await sleep(50);
    expect(await other.getOrSet('k', () => 'of the other')).toBe('of the other');
    expect(await overtaken).toMatchObject({ value: 'of the other', source: 'redis' });
    expect(make).not.toHaveBeenCalled();
    delay.clear();
  });

  it('gives every caller a value of its own, as a later reader would get it', async () => {
    const make = async (): Promise<{ at: unknown }> => (await sleep(20), { at: new Date(0) });
    const [first, second] = await Promise.all([cache.getOrSet('k', make), cache.getOrSet('k', make)]);
    first.at = 'changed';
    expect(second).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expect(await cache.getOrSet('k', make)).toEqual(second);
  });

  it('keeps null, and does not keep undefined', async () => {
    const nothing = jest.fn(() => null);
    expect(await cache.getOrSet('null', nothing)).toBeNull();
    expect(await cache.getOrSet('null', nothing)).toBeNull();
    expect(nothing).toHaveBeenCalledTimes(1);
    const none = jest.fn(() => undefined);
    expect(await cache.getOrSet('undefined', none)).toBeUndefined();
    expect(await cache.getOrSet('undefined', none)).toBeUndefined();
    expect(none).toHaveBeenCalledTimes(2);
    expect(await server.command('EXISTS', 'cache:entry:undefined')).toBe(0);
  });

  it('passes a failure on to everybody who waits, and calls again for who comes later', async () => {
    const fail = jest.fn(failing);
    const failures = await Promise.allSettled([cache.getOrSet('k', fail), cache.getOrSet('k', fail)]);
    expect(failures.map((each) => (each as PromiseRejectedResult).reason.message)).toEqual(['of the factory', 'of the factory']);
    expect(fail).toHaveBeenCalledTimes(1);
    await waitFor(async () => (await server.command('EXISTS', 'cache:lock:k')) === 0);
    expect(await other.getOrSet('k', factory())).toBe(1);
  }); // prettier-ignore

  it('gives the last value while the factory fails, within its grace and no longer', async () => {
    const options = { ttlMs: 30, graceMs: 400 };
    await cache.getOrSet('k', factory(), options);
    await waitFor(async () => (await cache.get('k')) === undefined);
    const stale = await cache.getOrSetWithSource('k', failing, options);
    expect(stale).toMatchObject({ value: 1, source: 'redis', isStale: true });
    expect(stale.ageMs).toBeGreaterThanOrEqual(30);
    await expect(cache.getOrSet('k', failing, { ...options, graceMs: 0 })).rejects.toThrow('of the factory');
    await waitFor(async () =>
      cache.getOrSet('k', failing, options).then(
        () => false,
        () => true,
      ),
    );
  });

  it('gives the last value after softTimeoutMs, and the new one once it is made', async () => {
    const options = { ttlMs: 30, graceMs: 60_000, softTimeoutMs: 60 };
    const make = factory(400);
    await cache.getOrSet('k', make, options);
    await waitFor(async () => (await cache.get('k')) === undefined);
    const startedAt = performance.now();
    const results = await Promise.all([cache, other, cache].map((each) => each.getOrSetWithSource('k', make, options)));
    expect(performance.now() - startedAt).toBeLessThan(300);
    expect(results.map(({ value, isStale }) => [value, isStale])).toEqual([[1, true], [1, true], [1, true]]);
    await waitFor(async () => (await cache.getOrSet('k', make, { ...options, ttlMs: 60_000 })) === 2);
    expect(make.mock.calls.length).toBeLessThanOrEqual(3);
  }); // prettier-ignore

  it('gives up after hardTimeoutMs, tells the factory, and does not keep what it gives later', async () => {
    let signal: AbortSignal | undefined;
    const late = async ({ signal: given }: { signal: AbortSignal }): Promise<string> => {
      signal = given;
      await sleep(250);
      return 'too late';
    };
    const startedAt = performance.now();
    const calls = [cache.getOrSet('k', late, { hardTimeoutMs: 100 }), cache.getOrSet('k', late, { hardTimeoutMs: 100 })];
    for (const each of await Promise.allSettled(calls)) {
      expect((each as PromiseRejectedResult).reason).toBeInstanceOf(CacheTimeoutError);
    }
    expect(performance.now() - startedAt).toBeLessThan(220);
    await waitFor(() => signal?.aborted === true);
    await sleep(250);
    expect(await cache.get('k')).toBeUndefined();
    expect(await other.getOrSet('k', factory())).toBe(1);
  }); // prettier-ignore

  it('waits in another process up to hardTimeoutMs, and does not become a caller', async () => {
    const slow = factory(600);
    const making = cache.getOrSet('k', slow, { ttlMs: 60_000 });
    await waitFor(async () => (await server.command('EXISTS', 'cache:lock:k')) === 1);
    const make = factory();
    const startedAt = performance.now();
    await expect(other.getOrSet('k', make, { hardTimeoutMs: 200 })).rejects.toBeInstanceOf(CacheTimeoutError);
    expect(performance.now() - startedAt).toBeLessThan(400);
    expect(await making).toBe(1);
    expect(make).not.toHaveBeenCalled();
  });

  it('ends the wait of the caller whose signal aborts, and of nobody else', async () => {
    const make = factory(100);
    const controller = new AbortController();
    const [aborted, waiting] = [
      cache.getOrSet('k', make, { signal: controller.signal }),
      cache.getOrSet('k', make),
    ];
    setTimeout(() => controller.abort('enough'), 20);
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError', cause: 'enough' });
    expect(await waiting).toBe(1);
    await expect(cache.getOrSet('k', make, { signal: controller.signal })).rejects.toThrow('aborted');
  });

  it('makes the next value ahead of time, once, while everybody gets the present one', async () => {
    const options = { ttlMs: 1_000, refreshAheadRatio: 0.2 };
    const make = factory();
    await cache.getOrSet('k', make, options);
    await sleep(250);
    const values = await Promise.all(Array.from({ length: 20 }, () => cache.getOrSet('k', make, options)));
    expect(new Set(values)).toEqual(new Set([1]));
    await waitFor(async () => (await cache.get('k')) === 2);
    expect(make).toHaveBeenCalledTimes(2);
  });

  it('takes up to jitterRatio off the time to live', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
    await Promise.all(keys.map((key) => cache.getOrSet(key, () => 1, { ttlMs: 100_000, jitterRatio: 0.5 })));
    const ttls = await Promise.all(keys.map(async (key) => Number(await server.command('PTTL', `cache:entry:${key}`))));
    expect(Math.min(...ttls)).toBeGreaterThan(49_000);
    expect(Math.max(...ttls)).toBeLessThanOrEqual(100_000);
    expect(Math.max(...ttls) - Math.min(...ttls)).toBeGreaterThan(10_000);
  }); // prettier-ignore

  it('does not keep what was deleted, written or cleared while it was made', async () => {
    const begin = async (): Promise<Promise<number>> => {
      const making = cache.getOrSet('k', factory(150), { ttlMs: 60_000 });
      await waitFor(async () => (await server.command('EXISTS', 'cache:lock:k')) === 1);
      return Promise.resolve().then(() => making);
    };
    const ends: Array<() => Promise<unknown>> = [
      () => cache.delete('k'),
      () => other.delete('k'),
      () => cache.clear(),
      () => other.clear(),
      () => cache.set('k', 'later'),
    ];
    for (const [index, end] of ends.entries()) {
      const making = begin();
      await waitFor(async () => (await server.command('EXISTS', 'cache:lock:k')) === 1);
      await end();
      await making;
      const expected = index === 4 ? 'later' : undefined;
      await waitFor(async () => (await cache.get('k')) === expected);
      await cache.delete('k');
    }
  });

  it('refuses what is wrong with a clear error, before the factory is called', async () => {
    const make = factory();
    for (const options of [
      ...[-1, 0, Number.NaN, 1e300, '5' as never].map((ttlMs) => ({ ttlMs })),
      ...[-1, Number.NaN, Infinity].map((graceMs) => ({ graceMs })),
      ...[0, -1, Infinity].map((hardTimeoutMs) => ({ hardTimeoutMs })),
      ...[-0.1, 1.1, Number.NaN].map((jitterRatio) => ({ jitterRatio })),
      { refreshAheadRatio: 2 },
      { softTimeoutMs: -1 },
    ]) {
      await expect(cache.getOrSet('k', make, options)).rejects.toMatchObject({
        code: 'CACHE_INVALID_OPTION',
      });
    }
    for (const key of ['', undefined as never, 5 as never]) {
      await expect(cache.getOrSet(key, make)).rejects.toMatchObject({ code: 'CACHE_INVALID_KEY' });
    }
    await expect(cache.getOrSet('k', make, { tags: [''] })).rejects.toMatchObject({
      code: 'CACHE_INVALID_KEY',
    });
    expect(make).not.toHaveBeenCalled();
  });

  it('a value that cannot be stored is an error for who wanted it, and poisons nothing', async () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    for (const value of [10n, () => 1, cycle]) {
      await expect(cache.getOrSet('k', () => value)).rejects.toMatchObject({ code: 'CACHE_INVALID_VALUE' });
    }
    expect(await cache.getOrSet('k', factory())).toBe(1);
  });

  it('in an outage still calls the factory once for all callers of the process, and keeps what it gives', async () => {
    await proxy.refuse();
    const make = factory(30);
    const options = { ttlMs: 60_000, tags: ['t'] };
    const values = await Promise.all(Array.from({ length: 50 }, () => cache.getOrSet('k', make, options)));
    expect(new Set(values)).toEqual(new Set([1]));
    expect(await cache.getOrSetWithSource('k', make, options)).toMatchObject({ value: 1, source: 'memory' });
    expect(make).toHaveBeenCalledTimes(1);
    await cache.invalidateTags('t');
    expect(await cache.getOrSet('k', make, options)).toBe(2);
    await proxy.accept();
    await waitFor(async () => (await other.get('k')) === 2);
  });

  it('keeps a value whose factory began before the outage', async () => {
    const make = factory(200);
    const making = cache.getOrSet('k', make, { ttlMs: 60_000 });
    await waitFor(async () => (await server.command('EXISTS', 'cache:lock:k')) === 1);
    await proxy.refuse();
    expect(await making).toBe(1);
    await waitFor(async () => (await cache.get('k')) === 1);
    await proxy.accept();
    await waitFor(async () => (await other.get('k')) === 1);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('waits at shutdown for what is being made', async () => {
    void cache.getOrSet('k', factory(100), { ttlMs: 60_000 });
    await sleep(20);
    await redis.close(1_000);
    expect(await other.get('k')).toBe(1);
    expect(await server.command('EXISTS', 'cache:lock:k')).toBe(0);
  });

  it('with a memory tier asks Redis once in its time, and knows of its own changes at once', async () => {
    const near = await open({ memory: { ttlMs: 300 } });
    await near.set('k', { n: 1 }, { tags: ['t'] });
    expect((await near.getWithSource('k'))?.source).toBe('redis');
    const found = await near.getWithSource<{ n: number }>('k');
    expect(found).toMatchObject({ value: { n: 1 }, source: 'memory' });
    (found as { value: { n: number } }).value.n = 5;
    await other.set('k', { n: 2 });
    expect(await near.get('k')).toEqual({ n: 1 });
    await waitFor(async () => ((await near.get('k')) as { n: number }).n === 2);
    await near.set('k', { n: 3 }, { tags: ['t'] });
    expect(await near.getOrSet('k', failing)).toEqual({ n: 3 });
    await near.invalidateTags('t');
    expect(await near.get('k')).toBeUndefined();
    await near.set('k', 4);
    await near.get('k');
    await near.delete('k');
    expect(await near.get('k')).toBeUndefined();
  });
});
