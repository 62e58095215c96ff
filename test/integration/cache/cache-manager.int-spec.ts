import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { CachedApplication } from './cached-application.js';

// C1: everything of @nestjs/cache-manager on the shared connection.
describe('C1: CACHE_MANAGER on the shared connection', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let app: CachedApplication;

  beforeAll(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });
  beforeEach(async () => {
    await server.command('FLUSHALL');
    app = await CachedApplication.start({ url: proxy.url, appName: 'test', keyPrefix: 'app:' });
    await app.redis.connect();
  });
  afterEach(() => app.close());

  const keysInRedis = async (): Promise<string[]> => ((await server.command('KEYS', '*')) as string[]).sort();
  const requests = (): Record<string, number> => ({ ...proxy.traffic.requests });
  const sent = (before: Record<string, number>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(requests())
        .map(([name, count]): [string, number] => [name, count - (before[name] ?? 0)])
        .filter(([name, count]) => count > 0 && !['PING', 'INFO', 'CLIENT', 'HELLO'].includes(name)),
    );

  it('caches handlers by CacheInterceptor, @CacheKey and @CacheTTL', async () => {
    const first = await app.get('posts');
    const second = await app.get('posts');
    expect([first.cache, second.cache]).toEqual(['MISS', 'HIT']);
    expect(second.body).toEqual(first.body);
    await app.get('posts/1');
    await app.get('posts/2');
    expect((await app.get('posts/1')).body).toEqual({ id: '1', call: 1 });
    expect(await keysInRedis()).toEqual([
      'app:cache:entry:/posts/1',
      'app:cache:entry:/posts/2',
      'app:cache:entry:all-posts',
    ]);
    expect(Number(await server.command('PTTL', 'app:cache:entry:all-posts'))).toBeGreaterThan(50_000);
    await app.get('brief');
    await waitFor(async () => (await app.get('brief')).body.call === 2);
  });

  it('stores the envelope of Keyv, which nothing evaluates', async () => {
    await app.manager.set('k', { a: 1 }, 5_000);
    const stored = JSON.parse(String(await server.command('GET', 'app:cache:entry:k')));
    expect(stored).toEqual({ v: 1, at: expect.any(Number), expires: expect.any(Number), value: { a: 1 } });
    expect(await app.manager.ttl('k')).toBe(stored.expires);
    expect(await app.cache.get('k')).toEqual({ a: 1 });
  });

  it('gets, sets and deletes many with few commands, none of which is KEYS, FLUSHDB or DEL', async () => {
    await app.manager.mset<unknown>([
      { key: 'a', value: 1, ttl: 5_000 },
      { key: 'b', value: null },
      { key: 'c', value: 'x' },
    ]);
    const before = requests();
    expect(await app.manager.mget(['a', 'b', 'none', 'c'])).toEqual([1, null, undefined, 'x']);
    expect(sent(before)).toEqual({ MGET: 1 });
    await app.manager.mdel(['a', 'b']);
    await app.manager.stores[0]?.deleteMany(['c', 'none']);
    expect(sent(before)).toEqual({ MGET: 1, UNLINK: 3 });
    expect(await keysInRedis()).toEqual([]);
  });

  it('clears its own keys only, by SCAN and UNLINK, whatever the keys are called', async () => {
    const others = ['cache:entry:other', 'app:other', 'app:cache2:entry:x', 'app:cache:more:entry:y', 'xpp:cache:entry:z'];
    for (const key of others) await server.command('SET', key, '1');
    await Promise.all(Array.from({ length: 2_500 }, (_, index) => app.manager.set(`k${index}*?[x]\n`, index)));
    await app.cache.set('tagged', 1, { tags: ['t'] });
    const before = requests();
    await app.manager.clear();
    expect(await keysInRedis()).toEqual([...others].sort());
    expect(sent(before)).toEqual({ SCAN: expect.any(Number), UNLINK: expect.any(Number) });
    expect(await app.manager.get('k1*?[x]\n')).toBeUndefined();
  }); // prettier-ignore

  it('clears a cache whose prefix has signs of a pattern, and nothing that the pattern would match', async () => {
    const odd = await CachedApplication.start({ url: server.url, appName: 'test' }, { prefix: 'c[a]*he' });
    await server.command('SET', 'cahe:entry:k', '1');
    await server.command('SET', 'caXhe:entry:k', '1');
    await odd.manager.set('k', 1);
    await odd.manager.clear();
    expect(await keysInRedis()).toEqual(['caXhe:entry:k', 'cahe:entry:k']);
    await odd.close();
  });

  it('lists its keys by SCAN', async () => {
    await app.manager.set('a', 1);
    await app.manager.set('b*', { x: 2 });
    const before = requests();
    const found: unknown[] = [];
    const iterator = app.manager.stores[0]?.iterator as () => AsyncGenerator<unknown>;
    for await (const pair of iterator()) found.push(pair);
    expect(found).toEqual(expect.arrayContaining([['a', 1], ['b*', { x: 2 }]])); // prettier-ignore
    expect(sent(before)).not.toHaveProperty('KEYS');
  });

  it('is the same cache as RedisCacheService: values, tags and deletes', async () => {
    await app.cache.getOrSet('k', () => ({ made: true }), { ttlMs: 5_000, tags: ['t'], graceMs: 5_000 });
    expect(await app.manager.get('k')).toEqual({ made: true });
    await app.cache.invalidateTags('t');
    expect(await app.manager.get('k')).toBeUndefined();
    await app.cache.set('k', 2);
    expect(await app.manager.get('k')).toBe(2);
    await app.manager.del('k');
    expect(await app.cache.get('k')).toBeUndefined();
    expect(await app.manager.wrap('w', async () => 'wrapped', 1_000)).toBe('wrapped');
    expect(await app.cache.get('w')).toBe('wrapped');
  });

  it('leaves a value within its grace alone, which cache-manager takes for gone', async () => {
    await app.cache.set('k', 'stale', { ttlMs: 20, graceMs: 60_000 });
    await waitFor(async () => (await app.manager.get('k')) === undefined);
    await app.manager.get('k');
    expect(await server.command('EXISTS', 'app:cache:entry:k')).toBe(1);
  });

  it('opens no connection of its own', async () => {
    await app.manager.set('k', 1);
    await app.cache.getOrSet('x', () => 1, { tags: ['t'] });
    expect(app.redis.getConnections()).toHaveLength(1);
    expect(proxy.traffic.connectionsOpen).toBe(1);
  });

  it('refuses what is wrong with a clear error, and keeps what there was', async () => {
    await app.manager.set('k', 'before');
    for (const ttl of [-1, Number.NaN, 1e300]) {
      await expect(app.manager.set('k', 'x', ttl)).rejects.toMatchObject({ code: 'CACHE_INVALID_OPTION' });
    }
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    for (const value of [10n, () => 1, cycle, new Map(), [new Set([1])], Promise.resolve(1), { e: new Error('x') }]) {
      await expect(app.manager.set('k', value)).rejects.toMatchObject({ code: 'CACHE_INVALID_VALUE' });
    }
    await expect(app.manager.set('k', Symbol('x'))).rejects.toThrow('symbol');
    await expect(app.manager.set('', 1)).rejects.toMatchObject({ code: 'CACHE_INVALID_KEY' });
    expect(await app.manager.get('k')).toBe('before');
    expect(await app.manager.get('')).toBeUndefined();
    await app.manager.set('k', 'fraction', 4_999.5);
    await app.manager.set('for ever', 1, Infinity);
    expect(await server.command('PTTL', 'app:cache:entry:for ever')).toBe(-1);
    expect(await app.manager.get('k')).toBe('fraction');
  }); // prettier-ignore
});
