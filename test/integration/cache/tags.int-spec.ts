import { createRedisCache, type RedisCacheService } from '@holdfast/cache';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import fc from 'fast-check';
import { closeServices, openService } from '../redis/open-service.js';

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('C1: tags', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let caches: RedisCacheService[];

  beforeAll(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
    caches = await Promise.all([server.url, server.url, proxy.url].map(open));
  });
  afterAll(async () => {
    await closeServices();
    await proxy.stop();
    await server.stop();
  });
  beforeEach(async () => void (await server.command('FLUSHALL')));

  async function open(url: string): Promise<RedisCacheService> {
    const redis = openService({ url, fallback: 'memory' });
    await redis.connect();
    return createRedisCache(redis).service;
  }

  it('invalidates everything with one of the tags, everywhere, by one command', async () => {
    const [one, two, far] = caches as [RedisCacheService, RedisCacheService, RedisCacheService];
    await one.getOrSet('a', () => 1, { tags: ['x', 'y'] });
    await two.set('b', 2, { tags: ['y'] });
    await two.set('c', 3, { tags: ['z', '__proto__'] });
    await two.set('d', 4);
    const before = proxy.traffic.requests['UNLINK'] ?? 0;
    await far.invalidateTags('y', 'none');
    expect((proxy.traffic.requests['UNLINK'] ?? 0) - before).toBe(1);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => one.get(key)))).toEqual([undefined, undefined, 3, 4]);
    await far.invalidateTags('__proto__');
    expect(await one.get('c')).toBeUndefined();
  }); // prettier-ignore

  it('reads an entry and its tags in one round trip', async () => {
    const far = caches[2] as RedisCacheService;
    const options = { tags: ['x', 'y'], ttlMs: 60_000 };
    await far.getOrSet('k', () => 1, options);
    await sleep(30);
    const before = proxy.traffic.replies;
    await far.getOrSet('k', () => 2, options);
    expect(proxy.traffic.replies - before).toBe(1);
  });

  it('gives no value within its grace that was invalidated', async () => {
    const [one, two] = caches as [RedisCacheService, RedisCacheService];
    const options = { tags: ['t'], ttlMs: 20, graceMs: 60_000 };
    await one.getOrSet('k', () => 'old', options);
    await waitFor(async () => (await one.get('k')) === undefined);
    const failing = (): never => {
      throw new Error('of the factory');
    };
    expect(await one.getOrSet('k', failing, options)).toBe('old');
    await two.invalidateTags('t');
    await expect(one.getOrSet('k', failing, options)).rejects.toThrow('of the factory');
  });

  it('does not count an entry that was made without a tag that is asked for', async () => {
    const one = caches[0] as RedisCacheService;
    await one.getOrSet('k', () => 'untagged');
    expect(await one.getOrSet('k', () => 'tagged', { tags: ['t'] })).toBe('tagged');
  });

  it('does not wait for a factory whose value is outdated already, in any process', async () => {
    const [one, two] = caches as [RedisCacheService, RedisCacheService];
    const options = { tags: ['t'], ttlMs: 60_000 };
    await one.getOrSet('other', () => 1, options);
    const slow = one.getOrSet('k', () => sleep(1_500).then(() => 'old'), options);
    await waitFor(async () => (await server.command('EXISTS', 'cache:lock:k')) === 1);
    await two.invalidateTags('t');
    const startedAt = performance.now();
    expect(await one.getOrSet('k', () => 'new', options)).toBe('new');
    expect(await two.getOrSet('k', () => 'newer', options)).toBe('new');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(await slow).toBe('old');
    await sleep(50);
    expect(await two.get('k')).not.toBe('old');
  });

  it('a value that was made before an invalidation is never read after it (random interleavings)', async () => {
    const step = fc.record({
      cache: fc.nat({ max: 2 }),
      kind: fc.constantFrom('read', 'read', 'read', 'peek', 'invalidate', 'delete'),
      key: fc.constantFrom('k1', 'k2'),
      beforeMs: fc.nat({ max: 4 }),
      takesMs: fc.nat({ max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (steps) => {
        await server.command('FLUSHALL');
        // What the database holds: every invalidation is preceded by a change.
        let version = 0;
        let invalidated = 0;
        const running: Array<Promise<void>> = [];
        for (const { cache: at, kind, key, beforeMs, takesMs } of steps) {
          const cache = caches[at] as RedisCacheService;
          await sleep(beforeMs);
          running.push(
            (async () => {
              if (kind === 'invalidate') {
                const mine = ++version;
                await cache.invalidateTags('t');
                invalidated = Math.max(invalidated, mine);
              } else if (kind === 'delete') {
                await cache.delete(key);
              } else {
                const least = invalidated;
                const make = async (): Promise<number> => {
                  const value = version;
                  await sleep(takesMs);
                  return value;
                };
                const value =
                  kind === 'peek'
                    ? await cache.get<number>(key)
                    : await cache.getOrSet(key, make, { tags: ['t', key], ttlMs: 60_000, refreshAheadRatio: 0.0001 });
                if (value !== undefined) expect(value).toBeGreaterThanOrEqual(least);
              }
            })(),
          );
        }
        await Promise.all(running);
      }),
      { numRuns: 60, interruptAfterTimeLimit: 15_000 },
    );
  }, 30_000); // prettier-ignore
});
