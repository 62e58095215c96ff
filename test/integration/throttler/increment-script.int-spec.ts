import type { RedisService } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { RedisThrottlerStorage } from '@holdfast/throttler';
import { closeServices, openService, RecordingLog } from '../redis/open-service.js';

const minute = 60_000;

describe('C3: one round trip a hit', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let redis: RedisService;
  let storage: RedisThrottlerStorage;
  let log: RecordingLog;

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
    redis = openService({ url: proxy.url });
    log = new RecordingLog();
    storage = new RedisThrottlerStorage(redis, { timeoutMs: 5_000, log });
    await redis.connect();
  });
  afterEach(async () => {
    await closeServices();
    await proxy.stop();
    await server.stop();
  });

  const hit = (key = 'k', limit = 1_000) => storage.increment(key, minute, limit, minute, 't');
  const hitsAtOnce = async (times: number): Promise<number[]> =>
    (await Promise.all(Array.from({ length: times }, () => hit()))).map(({ totalHits }) => totalHits);
  const upTo = (last: number, from = 1) =>
    Array.from({ length: last - from + 1 }, (_, index) => from + index);

  it('sends EVALSHA and nothing else, once the server knows the script', async () => {
    await hit();
    const before = proxy.traffic.requests;
    for (let i = 0; i < 5; i++) await hit();
    const { requests } = proxy.traffic;
    const sent = (name: string) => (requests[name] ?? 0) - (before[name] ?? 0);
    expect(sent('EVALSHA')).toBe(5);
    expect([sent('EVAL'), sent('SCRIPT'), sent('TIME')]).toEqual([0, 0, 0]);
  });

  it('gives the script to a new server once, and counts each of the hits that found out once', async () => {
    expect(await hitsAtOnce(100)).toEqual(upTo(100));
    expect(proxy.traffic.requests).toMatchObject({ EVALSHA: 200, SCRIPT: 1 });
    expect(proxy.traffic.requests['EVAL']).toBeUndefined();
  });

  it('repairs SCRIPT FLUSH', async () => {
    await hitsAtOnce(3);
    await server.command('SCRIPT', 'FLUSH');
    expect(await hitsAtOnce(50)).toEqual(upTo(53, 4));
    expect(storage.isDegraded).toBe(false);
  });

  it('sends the text along where the script is forgotten again and again', async () => {
    await hit();
    let flushing = true;
    const flushes = (async () => {
      while (flushing) await redis.getClient().script('FLUSH');
    })();
    const totals: number[] = [];
    for (let i = 0; i < 50; i++) totals.push((await hit()).totalHits);
    flushing = false;
    await flushes;
    expect(totals).toEqual(upTo(51, 2));
    expect(log.lines).toEqual([]);
  });

  it('repairs a restart of the server, with and without its data', async () => {
    await hitsAtOnce(3);
    for (const [keepData, expected] of [[true, 4], [false, 1]] as const) {
      await server.restart({ keepData });
      await waitFor(() => redis.isHealthy());
      expect((await hit()).totalHits).toBe(expected);
    }
  }, 15_000); // prettier-ignore

  it('lets the hits of one tick leave in one write', async () => {
    await hit();
    const socket = redis.getClient().stream as unknown as Record<'_write' | '_writev', (...args: unknown[]) => void>;
    let writes = 0;
    for (const name of ['_write', '_writev'] as const) {
      const write = socket[name].bind(socket);
      socket[name] = (...args) => {
        writes++;
        write(...args);
      };
    }
    await hitsAtOnce(100);
    expect(writes).toBe(1);
  }); // prettier-ignore

  it('keeps no more than twice the hits it needs, and nothing for long', async () => {
    // Many times over: 10 hits are allowed in each of these 20 ms.
    const until = performance.now() + 300;
    while (performance.now() < until) await storage.increment('k', 20, 10, 0, 't');
    await storage.increment('blocked', 500, 1, 30, 't');
    await storage.increment('blocked', 500, 1, 30, 't');
    expect(Number(await server.command('STRLEN', 'throttler:{k}:t'))).toBeLessThanOrEqual(8 * 22);
    expect(Number(await server.command('PTTL', 'throttler:{blocked}:t'))).toBeLessThanOrEqual(500);
    // What was blocked is remembered for as long as in memory, where a sweep comes once a minute.
    const left = Number(await server.command('PTTL', 'throttler:{blocked}'));
    expect(left).toBeGreaterThan(minute);
    expect(left).toBeLessThanOrEqual(minute + 500);
    await waitFor(async () => (await server.command('KEYS', '*k}*') as string[]).length === 0);
  }); // prettier-ignore

  it('makes keys of bounded length whatever it is given, and keeps them apart', async () => {
    const odd = [
      '',
      'a\nb',
      'a\rb',
      '}',
      '{',
      '{}',
      '}{x}',
      'ä',
      ' ',
      'x'.repeat(1_000_000),
      'x'.repeat(1_000_001),
    ];
    for (const key of odd) {
      expect(await hit(key)).toMatchObject({ totalHits: 1 });
      expect(await hit(key)).toMatchObject({ totalHits: 2 });
      expect(await storage.increment('named', minute, 5, 0, key)).toMatchObject({ totalHits: 1 });
    }
    const keys = (await server.command('KEYS', '*')) as string[];
    // Two for each odd key; of the key with odd throttlers, one and one for each of them.
    expect(keys).toHaveLength(3 * odd.length + 1);
    expect(Math.max(...keys.map(({ length }) => length))).toBeLessThan(300);
  });

  it.each([
    [-1, 1, 1, /ttl of the throttler "t" = -1/],
    [Number.NaN, 1, 1, /ttl .* = NaN/],
    [Infinity, 1, 1, /ttl .* = Infinity: accepted is milliseconds/],
    [1e15, 1, 1, /ttl .* = 1000000000000000/],
    ['60' as unknown as number, 1, 1, /ttl .* = string/],
    [1, -1, 1, /limit .* = -1: accepted is a number/],
    [1, Number.NaN, 1, /limit .* = NaN/],
    [1, Infinity, 1, /limit .* = Infinity/],
    [1, 1, -1, /blockDuration .* = -1/],
    [1, 1, undefined as unknown as number, /blockDuration .* = undefined/],
  ])('refuses ttl %p, limit %p, blockDuration %p by name', async (ttl, limit, blockDuration, message) => {
    await expect(storage.increment('k', ttl, limit, blockDuration, 't')).rejects.toThrow(message);
    expect(await server.command('DBSIZE')).toBe(0);
    expect(storage.isDegraded).toBe(false);
  });

  it('takes the longest ttl there is', async () => {
    expect(await storage.increment('k', 1e14, 1, 1e14, 't')).toMatchObject({
      totalHits: 1,
      timeToExpire: 1e11,
    });
    expect(await storage.increment('k', 1e14, 1, 1e14, 't')).toMatchObject({
      isBlocked: true,
      timeToBlockExpire: 1e11,
    });
  });
});

describe('C3: a cluster', () => {
  it('has both keys of a hit in one slot', async () => {
    const server = await RedisServer.start({ directives: { 'cluster-enabled': 'yes' } });
    try {
      await server.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      await waitFor(async () => String(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok'));
      const redis = openService({ url: server.url });
      const log = new RecordingLog();
      const storage = new RedisThrottlerStorage(redis, { log, timeoutMs: 5_000 });
      await redis.connect();
      for (const key of ['k', '', '}', '{x}', 'a\nb']) {
        for (const throttler of ['short', '', '{y}']) {
          expect(await storage.increment(key, minute, 5, 0, throttler)).toMatchObject({ totalHits: 1 });
        }
      }
      expect(log.lines).toEqual([]);
    } finally {
      await closeServices();
      await server.stop();
    }
  }, 15_000);
});
