import { createRedisCache, type RedisCache } from '@holdfast/cache';
import type { JournalOutcome, RedisModuleOptions, RedisService } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { createCache } from 'cache-manager';
import { closeServices, openService } from '../redis/open-service.js';
import { CachedApplication } from './cached-application.js';

describe('C1, B2: the cache in an outage', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  /** Another way to the same server. */
  let elsewhere: FaultProxy;
  let app: CachedApplication | undefined;

  beforeEach(async () => {
    server = await RedisServer.start();
    [proxy, elsewhere] = await Promise.all([
      FaultProxy.start({ target: server }),
      FaultProxy.start({ target: server }),
    ]);
  });
  afterEach(async () => {
    await closeServices();
    await app?.close();
    app = undefined;
    await Promise.all([proxy.stop(), elsewhere.stop()]);
    await server.stop();
  });

  interface Side extends RedisCache {
    readonly redis: RedisService;
    readonly manager: ReturnType<typeof createCache>;
  }

  async function open(url: string, options: RedisModuleOptions = {}): Promise<Side> {
    const redis = openService({ url, fallback: 'memory', ...options });
    await redis.connect();
    const cache = createRedisCache(redis);
    return { ...cache, redis, manager: createCache({ stores: [cache.keyv] }) };
  }

  /** Until the outage is known. */
  async function outage({ redis }: Side): Promise<void> {
    await proxy.refuse();
    await waitFor(async () => (await redis.healthCheck()).error?.includes('ECONNREFUSED'));
  }

  /** Until the journal has reached Redis and memory does not stand in any more. */
  async function recovery({ redis }: Side): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      redis.events.on('fallback', ({ active }) => void (active || resolve()));
    });
    await proxy.accept();
    await ended;
  }

  const timed = async <T>(work: () => Promise<T>): Promise<[value: T, tookMs: number]> => {
    const startedAt = performance.now();
    const value = await work();
    return [value, performance.now() - startedAt];
  };

  it('refused: reads and writes go to memory at once, with their time to live, and Redis gets them', async () => {
    const side = await open(proxy.url);
    await side.manager.set('before', 'b', 60_000);
    await outage(side);
    const [, tookMs] = await timed(async () => {
      expect(await side.manager.get('before')).toBe('b');
      await side.manager.set('during', 'd', 60_000);
      await side.manager.set('brief', 'x', 30);
      await side.service.set('tagged', 't', { tags: ['tag'], ttlMs: 60_000 });
      expect(await side.manager.mget(['during', 'none'])).toEqual(['d', undefined]);
      expect(await side.service.getWithSource('tagged')).toMatchObject({ value: 't', source: 'memory' });
    });
    expect(tookMs).toBeLessThan(200);
    await waitFor(async () => (await side.manager.get('brief')) === undefined);
    await recovery(side);
    const other = await open(server.url);
    expect(await other.manager.mget(['before', 'during', 'brief'])).toEqual(['b', 'd', undefined]);
    expect(await other.service.getWithSource('tagged')).toMatchObject({ value: 't', source: 'redis' });
    expect(Number(await server.command('PTTL', 'cache:entry:during'))).toBeGreaterThan(30_000);
  });

  it.each(['apply', 'discard'] as const)('what was deleted or invalidated stays so afterwards (%s)', async (mode) => {
    const side = await open(proxy.url, { fallbackRecovery: mode });
    await side.manager.set('deleted', 1);
    await side.service.set('again', 1);
    await side.service.set('tagged', 1, { tags: ['t'] });
    await side.service.set('other', 1, { tags: ['u'] });
    await outage(side);
    await side.manager.del('deleted');
    await side.service.invalidateTags('t');
    expect(await side.service.get('tagged')).toBeUndefined();
    // Makes a version for the tag once more: the old one must not come back with the journal discarded.
    await side.service.set('new', 2, { tags: ['t'] });
    expect(await side.service.get('new')).toBe(2);
    await recovery(side);
    expect(await side.manager.get('deleted')).toBeUndefined();
    expect(await side.service.get('tagged')).toBeUndefined();
    expect(await side.service.get('other')).toBe(1);
    expect(await side.service.get('new')).toBe(mode === 'apply' ? 2 : undefined);
    const another = await open(server.url);
    expect(await another.service.get('tagged')).toBeUndefined();
    expect(await another.service.get('deleted')).toBeUndefined();
  }); // prettier-ignore

  it('clear() in an outage is one at once here, and everywhere afterwards', async () => {
    const side = await open(proxy.url);
    const other = await open(proxy.url);
    await side.manager.set('old', 1);
    await side.service.set('old tagged', 1, { tags: ['t'] });
    await server.command('SET', 'not ours', '1');
    await other.service.get('old');
    await outage(side);
    await waitFor(async () => (await other.redis.healthCheck()).error?.includes('ECONNREFUSED'));
    await other.manager.set('old of another', 1);
    await side.manager.clear();
    expect(await side.manager.mget(['old', 'old tagged'])).toEqual([undefined, undefined]);
    await side.manager.set('new', 2);
    expect(await side.manager.get('new')).toBe(2);
    await recovery(side);
    expect(await side.manager.get('old')).toBeUndefined();
    await waitFor(async () => ((await server.command('KEYS', 'cache:entry:*')) as string[]).length === 1);
    await waitFor(() => !other.redis.getFallbackState().active);
    await waitFor(async () => (await other.manager.get('old of another')) === undefined);
    expect(await other.manager.mget(['old', 'new'])).toEqual([undefined, 2]);
    expect(await server.command('GET', 'not ours')).toBe('1');
    expect(proxy.traffic.requests).not.toHaveProperty('FLUSHDB');
    expect(proxy.traffic.requests).not.toHaveProperty('KEYS');
  });

  it('what another process brings back later from before the clear is gone as well', async () => {
    const side = await open(proxy.url);
    const late = await open(elsewhere.url);
    await outage(side);
    await elsewhere.refuse();
    await waitFor(async () => (await late.redis.healthCheck()).error?.includes('ECONNREFUSED'));
    await late.manager.set('from before', 1);
    await side.manager.clear();
    // Times are compared in whole milliseconds.
    const clearedAt = Date.now();
    await waitFor(() => Date.now() > clearedAt);
    await late.manager.set('from after', 2);
    await recovery(side);
    await elsewhere.accept();
    await waitFor(async () => (await server.command('EXISTS', 'cache:entry:from after')) === 1);
    await waitFor(async () => (await server.command('EXISTS', 'cache:entry:from before')) === 0);
    expect(await late.manager.mget(['from before', 'from after'])).toEqual([undefined, 2]);
  });

  it.each([
    ['black hole', () => void proxy.faults.blackHole()],
    ['frozen', () => server.pause()],
  ])('%s: a call waits no longer than commandTimeoutMs, and for ever shorter', async (name, begin) => {
    const side = await open(proxy.url);
    await side.manager.set('k', 'v', 600_000);
    await begin();
    const [values, firstMs] = await timed(() => Promise.all([side.manager.get('k'), side.service.get('k')]));
    expect(values).toEqual(['v', 'v']);
    expect(firstMs).toBeLessThan(1_500);
    const [made, madeMs] = await timed(() => side.service.getOrSet('new', () => 'made', { ttlMs: 60_000 }));
    expect(made).toBe('made');
    expect(madeMs).toBeLessThan(2_500);
    // The heartbeat has found it, or the breaker: then nothing waits.
    await waitFor(async () => (await timed(() => side.manager.get('k')))[1] < 20, { timeoutMs: 6_000 });
    const [, laterMs] = await timed(() => side.service.getOrSet('newer', () => 'made'));
    expect(laterMs).toBeLessThan(100);
    if (name === 'frozen') await server.resume();
    else proxy.faults.clear();
    await waitFor(async () => (await side.service.getWithSource('k'))?.source === 'redis', { timeoutMs: 6_000 });
    await waitFor(async () => (await server.command('EXISTS', 'cache:entry:new', 'cache:entry:newer')) === 2);
  }, 25_000); // prettier-ignore

  it('recovery: everything is back within 2.5 s after Redis answers again, and converges', async () => {
    const sides = [await open(proxy.url), await open(proxy.url)];
    for (const side of sides) await outage(side);
    await Promise.all(sides.map((side, index) => side.manager.set('k', index, 60_000)));
    await sides[1]?.manager.set('k', 'last', 60_000);
    const startedAt = performance.now();
    await proxy.accept();
    await waitFor(async () => {
      const found = await Promise.all(sides.map((side) => side.service.getWithSource('k')));
      return found.every((result) => result?.source === 'redis' && result.value === 'last');
    });
    expect(performance.now() - startedAt).toBeLessThan(2_500);
  });

  it('with REDIS_FALLBACK=off: reads miss, factories are called, deletes say that they failed', async () => {
    const side = await open(proxy.url, { fallback: 'off' });
    await side.manager.set('k', 1);
    await outage(side);
    expect(await side.manager.get('k')).toBeUndefined();
    await expect(side.manager.set('k', 2)).resolves.toBe(2);
    expect(await side.service.getOrSet('k', () => 'made')).toBe('made');
    await expect(side.manager.del('k')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await expect(side.service.invalidateTags('t')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await expect(side.service.set('k', 2)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await expect(side.manager.clear()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  });

  it('with a full journal: what is set is not kept, and a delete that is not kept says so', async () => {
    const side = await open(proxy.url, { journalMaxBytes: 3_000 });
    await side.manager.set('k', 'before');
    await outage(side);
    await side.manager.set('k', 'x'.repeat(5_000));
    expect(await side.manager.get('k')).toBe('before');
    expect(await side.service.getOrSet('large', () => 'x'.repeat(5_000))).toHaveLength(5_000);
    for (let index = 0; index < 5; index++) await side.manager.del(`k${index}`);
    const journal = new Promise<JournalOutcome>((resolve) => side.redis.events.once('journal', resolve));
    await expect(side.service.delete(...Array.from({ length: 50 }, (_, at) => `many${at}`))).rejects.toMatchObject({
      code: 'REDIS_QUEUE_FULL',
    });
    await recovery(side);
    expect((await journal).state).toBe('applied');
  }); // prettier-ignore

  it('CacheInterceptor: no 5xx while Redis goes away and comes back', async () => {
    app = await CachedApplication.start({ url: proxy.url, appName: 'test', fallback: 'memory' });
    const { redis } = app;
    const statuses = new Set<number>();
    const times: number[] = [];
    const get = async (path: string): Promise<unknown> => {
      const { status, tookMs, body } = await (app as CachedApplication).get(path);
      statuses.add(status);
      times.push(tookMs);
      return body;
    };
    const posts = await get('posts');
    await proxy.refuse();
    for (let index = 0; index < 20; index++) await get(`posts/${index}`);
    expect(await get('posts')).toEqual(posts);
    await proxy.accept();
    await waitFor(() => !redis.getFallbackState().active && redis.getFallbackState().journalEntries === 0);
    expect(await get('posts')).toEqual(posts);
    const fault = proxy.faults.blackHole();
    await Promise.all(Array.from({ length: 20 }, (_, index) => get(`posts/${index}`)));
    expect(await get('posts')).toEqual(posts);
    fault.clear();
    for (const kind of ['READONLY no', 'OOM no', 'LOADING no', 'WRONGTYPE no', 'NOPERM no']) {
      await waitFor(async () => (await redis.healthCheck()).healthy, { timeoutMs: 6_000 });
      const error = proxy.faults.answerError(kind, { commands: ['SET', 'MGET', 'UNLINK', 'EVALSHA'] });
      await get(`posts/${kind.length}`);
      await get('brief');
      error.clear();
    }
    expect([...statuses]).toEqual([200]);
    expect(Math.max(...times)).toBeLessThan(2_500);
  }, 25_000); // prettier-ignore
});
