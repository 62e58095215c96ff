import {
  type JournalOutcome,
  RedisConnectionState,
  type RedisService,
  RedisUnavailableError,
} from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { closeServices, openService, RecordingLog } from './open-service.js';

describe('B2: memory stands in for Redis', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let redis: RedisService;

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
    redis = openService({ url: proxy.url, fallback: 'memory' });
    await redis.connect();
  });
  afterEach(async () => {
    await closeServices();
    await proxy.stop();
    await server.stop();
  });

  /** Until the outage is known: an attempt to connect has failed. */
  async function outage(service: RedisService = redis): Promise<void> {
    await proxy.refuse();
    await waitFor(async () => (await service.healthCheck()).error?.includes('ECONNREFUSED'));
  }

  /** Until what was written in the outage has reached Redis, or was discarded. */
  async function recovery(service: RedisService = redis): Promise<JournalOutcome> {
    const outcome = new Promise<JournalOutcome>((resolve) => service.events.once('journal', resolve));
    await proxy.accept();
    return outcome;
  }

  it('answers cache-like reads from what was written and read lately, and says so', async () => {
    await redis.set('written', 'w');
    await server.command('SET', 'read', 'r');
    await redis.get('read');
    await server.command('SET', 'never seen', 'x');
    await outage();
    expect(await redis.mget(['written', 'read', 'never seen'])).toEqual(['w', 'r', null]);
    expect(await redis.exists('written', 'never seen')).toBe(1);
    const known = await redis.getWithSource('written');
    expect(known).toMatchObject({ value: 'w', source: 'memory' });
    expect(known.ageMs).toBeGreaterThan(0);
    await proxy.accept();
    await redis.connect();
    expect(await redis.getWithSource('written')).toEqual({ value: 'w', source: 'redis', ageMs: 0 });
  });

  it('keeps writes with their time to live, and brings them into Redis on recovery', async () => {
    await redis.set('old', '1');
    await outage();
    await redis.set('new', '2', 100);
    await redis.mset({ a: '3', b: '4' });
    await redis.mset({ c: '5' }, 100);
    await redis.set('short', 'x', 0.03);
    expect(await redis.ttl('new')).toBe(100);
    expect(await redis.expire('old', 50)).toBe(true);
    expect(await redis.expire('unknown', 50)).toBe(false);
    await waitFor(async () => (await redis.get('short')) === null);
    expect(await redis.mget(['old', 'new', 'a', 'b', 'c'])).toEqual(['1', '2', '3', '4', '5']);
    expect(await server.command('EXISTS', 'new')).toBe(0);
    const outcome = await recovery();
    expect(outcome).toMatchObject({ state: 'applied', overtaken: 0, refused: 0 });
    expect(await server.command('MGET', 'old', 'new', 'a', 'b', 'c')).toEqual(['1', '2', '3', '4', '5']);
    for (const key of ['new', 'c']) expect(Number(await server.command('TTL', key))).toBeGreaterThan(90);
    expect(Number(await server.command('TTL', 'old'))).toBeGreaterThan(40);
    expect(await server.command('EXISTS', 'short')).toBe(0);
    expect(redis.getFallbackCacheStats().size).toBeLessThan(10);
  });

  it('remembers deletes: what was deleted in the outage stays deleted', async () => {
    await redis.set('gone', '1');
    await redis.set('again', '1');
    await outage();
    expect(await redis.del('gone', 'unknown')).toBe(1);
    await redis.del('again');
    await redis.set('again', '2');
    await redis.set('brief', '3');
    await redis.del('brief');
    expect(await redis.mget(['gone', 'again', 'brief'])).toEqual([null, '2', null]);
    await recovery();
    expect(await server.command('MGET', 'gone', 'again', 'brief')).toEqual([null, '2', null]);
  });

  it('never lets an older write of one process undo a later one of another', async () => {
    const other = openService({ url: server.url, fallback: 'memory' });
    await other.connect();
    await redis.set('k', 'before');
    await outage();
    await redis.set('k', 'older');
    await server.pause();
    await waitFor(() => other.getConnectionState() === RedisConnectionState.Reconnecting, {
      timeoutMs: 4_000,
    });
    await other.del('k');
    // The later one comes back first.
    const applied = new Promise((resolve) => other.events.once('journal', resolve));
    await server.resume();
    await applied;
    const outcome = await recovery();
    expect(outcome).toMatchObject({ state: 'applied', entries: 0, overtaken: 1 });
    expect(await server.command('EXISTS', 'k')).toBe(0);
  }, 15_000);

  it('discards what was written in the outage where that is configured', async () => {
    const discarding = openService({ url: proxy.url, fallback: 'memory', fallbackRecovery: 'discard' });
    await discarding.connect();
    await discarding.set('k', 'before');
    await outage(discarding);
    await discarding.set('k', 'during');
    expect(await discarding.get('k')).toBe('during');
    const outcome = await recovery(discarding);
    expect(outcome).toEqual({ state: 'discarded', entries: 1 });
    expect(await discarding.get('k')).toBe('before');
  });

  it('loses no write and doubles none when the connection breaks while the journal is sent', async () => {
    await outage();
    for (let index = 0; index < 350; index++) await redis.set(`k${index}`, String(index));
    const outcome = new Promise<JournalOutcome>((resolve) => redis.events.once('journal', resolve));
    proxy.faults.cutAfter({ commands: ['EVALSHA'], nth: 150 });
    await proxy.accept();
    expect((await outcome).entries).toBeGreaterThan(200);
    expect(await redis.strict.exists(...Array.from({ length: 350 }, (_, index) => `k${index}`))).toBe(350);
  }, 15_000);

  it('lets a write after the recovery win over the journal', async () => {
    await outage();
    for (let index = 0; index < 300; index++) await redis.set(`k${index}`, 'outage');
    await proxy.accept();
    await waitFor(() => redis.getClient().status === 'ready');
    await Promise.all(Array.from({ length: 300 }, (_, index) => redis.set(`k${index}`, 'later')));
    await waitFor(async () => (await redis.getWithSource('k299')).source === 'redis');
    const values = await redis.strict.mget(Array.from({ length: 300 }, (_, index) => `k${index}`));
    expect(new Set(values)).toEqual(new Set(['later']));
  });

  it('refuses writes that do not fit into the journal, and keeps those it took', async () => {
    const small = openService({ url: proxy.url, fallback: 'memory', journalMaxBytes: 1_000 });
    await small.connect();
    await outage(small);
    await small.set('a', '1');
    await small.set('b', '2');
    await expect(small.set('large', 'x'.repeat(1_000))).rejects.toMatchObject({
      code: 'REDIS_QUEUE_FULL',
      outcome: 'not-sent',
    });
    await recovery(small);
    expect(await server.command('MGET', 'a', 'b', 'large')).toEqual(['1', '2', null]);
  });

  it('drops its copies when Redis comes back as another run, with other data', async () => {
    await redis.set('k', 'v');
    const other = new Promise((resolve) => redis.events.once('server', resolve));
    await server.restart({ keepData: false });
    await other;
    expect(redis.getFallbackCacheStats()).toEqual({ size: 0, calculatedSize: 0, itemCount: 0 });
    await outage();
    expect(await redis.get('k')).toBeNull();
  });

  it('A5: counts what it holds, bounded in bytes', async () => {
    const small = openService({ url: server.url, fallback: 'memory', fallbackMaxBytes: 10_000 });
    await small.connect();
    for (let index = 0; index < 100; index++) await small.set(`k${index}`, 'x'.repeat(500));
    const stats = small.getFallbackCacheStats();
    expect(stats.size).toBe(stats.itemCount);
    expect(stats.itemCount).toBeGreaterThan(1);
    expect(stats.calculatedSize).toBeGreaterThan(stats.itemCount * 500);
    expect(stats.calculatedSize).toBeLessThanOrEqual(10_000);
  });

  it('only for keys that are declared cache-like', async () => {
    const narrow = openService({ url: proxy.url, fallback: 'memory', fallbackPrefixes: ['cache:'] });
    await narrow.connect();
    await narrow.mset({ 'cache:k': '1', 'user:k': '1' });
    await outage(narrow);
    expect(await narrow.get('cache:k')).toBe('1');
    await expect(narrow.get('user:k')).rejects.toBeInstanceOf(RedisUnavailableError);
    await expect(narrow.mget(['cache:k', 'user:k'])).rejects.toBeInstanceOf(RedisUnavailableError);
  });

  it('lets other commands on a key see what was written to it in the outage', async () => {
    await redis.set('n', '1');
    await redis.rpush('list', 'old');
    await outage();
    await redis.set('n', '10');
    await redis.del('list');
    await redis.set('plain', 'x');
    await proxy.accept();
    await waitFor(() => redis.getClient().status === 'ready');
    const results = await Promise.all([
      redis.incr('n'),
      redis.rpush('list', 'new'),
      redis.multi().append('plain', 'y').exec(),
      redis.strict.exists('n', 'list', 'plain'),
    ]);
    expect(results).toEqual([11, 1, [[null, 2]], 3]);
    expect(await redis.lrange('list')).toEqual(['new']);
    expect(await redis.mget(['n', 'plain'])).toEqual(['11', 'xy']);
  });

  it('forgets its copy of a key that a transaction changed', async () => {
    await redis.mset({ k: 'a', t: 'a' });
    await redis.multi().set('k', 'b').exec();
    await redis.mset({ t: 'b' }, 100);
    await outage();
    expect(await redis.mget(['k', 't'])).toEqual([null, 'b']);
  });

  it('brings writes into Redis also for a user who may not run scripts', async () => {
    const own = await RedisServer.start({
      acl: ['user app on >pw ~* +@all -@scripting', 'user default on nopass ~* +@all'],
    });
    const way = await FaultProxy.start({ target: own });
    try {
      const limited = openService({
        host: way.host,
        port: way.port,
        username: 'app',
        password: 'pw',
        fallback: 'memory',
      });
      await limited.connect();
      await limited.mset({ gone: '1', kept: '1' });
      await way.refuse();
      await waitFor(async () => (await limited.healthCheck()).error?.includes('ECONNREFUSED'));
      await limited.mset({ a: '1' }, 100);
      await limited.del('gone');
      await limited.expire('kept', 50);
      await way.accept();
      await waitFor(async () => (await own.command('GET', 'a')) === '1');
      expect(await own.command('EXISTS', 'gone')).toBe(0);
      expect(Number(await own.command('TTL', 'kept'))).toBeGreaterThan(40);
    } finally {
      await way.stop();
      await own.stop();
    }
  });

  it('takes nothing any more after close()', async () => {
    await redis.close();
    await expect(redis.set('k', 'v')).rejects.toMatchObject({ code: 'REDIS_CLOSED', outcome: 'not-sent' });
    await expect(redis.get('k')).rejects.toMatchObject({ code: 'REDIS_CLOSED' });
    await expect(redis.strict.get('k')).rejects.toMatchObject({ code: 'REDIS_CLOSED' });
  });

  it('tells when it begins and when it ends, in events and one log line each', async () => {
    const log = new RecordingLog();
    const watched = openService({ url: proxy.url, fallback: 'memory' }, { log });
    const seen: boolean[] = [];
    watched.events.on('fallback', ({ active }) => seen.push(active));
    await watched.connect();
    await outage(watched);
    await Promise.all(Array.from({ length: 50 }, () => watched.get('k')));
    await proxy.accept();
    await waitFor(() => seen.length === 2);
    expect(seen).toEqual([true, false]);
    const lines = log.lines.filter((line) => line.includes('event=fallback'));
    expect(lines).toEqual([
      expect.stringContaining('begin reason=ECONNREFUSED'),
      expect.stringContaining('end'),
    ]);
  });

  it('flushes its journal at shutdown', async () => {
    await outage();
    await redis.set('k', 'last words');
    await proxy.accept();
    await waitFor(() => redis.getClient().status === 'ready');
    await redis.close();
    expect(await server.command('GET', 'k')).toBe('last words');
  });

  it('B3: what must not be guessed fails with a typed error at once, and strict does so for everything', async () => {
    await redis.set('k', '1');
    await outage();
    const calls: Array<() => Promise<unknown>> = [
      () => redis.incr('k'),
      () => redis.lpush('k', 'x'),
      () => redis.hgetall('k'),
      () => redis.sadd('k', 'x'),
      () => redis.zrange('k'),
      () => redis.multi().set('k', '2').exec(),
      () => redis.pipeline().get('k').exec(),
      () => redis.guard('script', (client) => client.eval('return 1', 0)),
      () => redis.guard('lock', (client) => client.set('lock', 'x', 'PX', 100, 'NX')),
      () => redis.getDbSize(),
      () => redis.strict.get('k'),
      () => redis.strict.set('k', '2'),
      () => redis.strict.mset({ k: '2' }, 10),
      () => redis.strict.del('k'),
    ];
    for (const call of calls) {
      const startedAt = performance.now();
      const error: unknown = await call().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RedisUnavailableError);
      expect(error).toMatchObject({ outcome: 'not-sent', kind: 'ECONNREFUSED' });
      expect(performance.now() - startedAt).toBeLessThan(200);
    }
    expect(await redis.get('k')).toBe('1');
  });
});
