import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { RedisConnectionState, type RedisService } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import {
  RedisThrottlerStorage,
  type RedisThrottlerStorageOptions,
  type ThrottlerHitEvent,
  throttlerChannels,
} from '@holdfast/throttler';
import { closeServices, openService, RecordingLog } from '../redis/open-service.js';
import { LimitedApplication } from './limited-application.js';

const minute = 60_000;
const timeoutMs = 250;
/** For a machine that is busy with other things. */
const slackMs = 150;
const quickMs = 5;

describe('C3: limits hold when Redis does not', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let redis: RedisService;
  let log: RecordingLog;

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
    redis = openService({ url: proxy.url });
    log = new RecordingLog();
    await redis.connect();
  });
  afterEach(async () => {
    await closeServices();
    await proxy.stop();
    await server.stop();
  });

  const open = (options: RedisThrottlerStorageOptions = {}) =>
    new RedisThrottlerStorage(redis, { timeoutMs, log, ...options });
  const hit = (storage: RedisThrottlerStorage, limit = 5, key = 'k') =>
    storage.increment(key, minute, limit, minute, 't');

  async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
    const startedAt = performance.now();
    return [await work(), performance.now() - startedAt];
  }

  async function refused(): Promise<void> {
    await proxy.refuse();
    await waitFor(async () => (await redis.healthCheck()).error?.includes('ECONNREFUSED'));
  }

  const outages: Array<[string, () => Promise<void> | void, () => Promise<void> | void]> = [
    ['refuses connections', () => proxy.refuse(), () => proxy.reset()],
    ['is behind a network that swallows everything', () => void proxy.faults.blackHole({ afterwards: 'dead' }), () => proxy.reset()],
    ['is frozen', () => server.pause(), () => server.resume()],
  ]; // prettier-ignore

  it.each(outages)('goes on counting from the last count while Redis %s, never waits long, and goes back', async (_, begin, end) => {
    const storage = open();
    for (const totalHits of [1, 2, 3]) expect(await hit(storage)).toMatchObject({ totalHits });
    await begin();
    // A request is where it finds out: each within the deadline.
    const [first, firstMs] = await timed(() => hit(storage));
    expect(first).toMatchObject({ totalHits: 4, isBlocked: false });
    expect(firstMs).toBeLessThan(timeoutMs + slackMs);
    expect(await hit(storage)).toMatchObject({ totalHits: 5, isBlocked: false });
    for (let i = 0; i < 20; i++) {
      const [record, tookMs] = await timed(() => hit(storage));
      expect(record).toMatchObject({ totalHits: 6, isBlocked: true });
      expect(record.timeToBlockExpire).toBeGreaterThan(50);
      expect(tookMs).toBeLessThan(timeoutMs + slackMs);
    }
    // Once it is known that Redis is away, nobody waits: the breaker or the heartbeat has found out.
    await waitFor(async () => (await timed(() => hit(storage)))[1] < quickMs && redis.getConnectionState() !== RedisConnectionState.Connected, { timeoutMs: 4_000 });
    const took: number[] = [];
    for (let i = 0; i < 50; i++) took.push((await timed(() => hit(storage)))[1]);
    expect(took.sort((a, b) => a - b)[45]).toBeLessThan(quickMs);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatch(/^event=throttler-degraded reason=\w+ whenDown=memory/);

    await end();
    await waitFor(async () => {
      await hit(storage, 5, 'other');
      return !storage.isDegraded;
    }, { timeoutMs: 6_000 });
    expect(log.lines).toHaveLength(2);
    expect(log.lines[1]).toMatch(/^event=throttler-restored afterMs=\d+ hits=\d+/);
    expect(await server.command('EXISTS', 'throttler:{other}:t')).toBe(1);
  }, 30_000); // prettier-ignore

  it('lets one hit at a time find out, while a frozen Redis is not known to be down', async () => {
    const storage = open();
    await hit(storage);
    await server.pause();
    await hit(storage);
    const waited = async () => {
      const took = await Promise.all(
        Array.from({ length: 15 }, async () => (await timed(() => hit(storage, 100)))[1]),
      );
      return took.filter((tookMs) => tookMs > timeoutMs / 2).length;
    };
    expect(await waited()).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 550));
    expect(await waited()).toBe(1);
    await server.resume();
  });

  it('never sends a hit late that was answered without Redis', async () => {
    const storage = open();
    await hit(storage);
    // The connection is made anew and the server keeps it waiting: nobody knows yet that it is down.
    await server.pause();
    proxy.cut();
    await waitFor(() => redis.getConnectionState() !== RedisConnectionState.Connected);
    const took = await Promise.all(
      Array.from({ length: 10 }, async () => (await timed(() => hit(storage, 100)))[1]),
    );
    expect(Math.min(...took)).toBeGreaterThan(timeoutMs - 50);
    expect(Math.max(...took)).toBeLessThan(timeoutMs + slackMs);
    await server.resume();
    await redis.connect();
    await waitFor(async () => (await hit(storage, 100, 'other')) && !storage.isDegraded, {
      timeoutMs: 6_000,
    });
    expect(await server.command('STRLEN', 'throttler:{k}:t')).toBe(8);
  }, 15_000);

  it('keeps a block that Redis knew of, to its end', async () => {
    const storage = open();
    const blocking = () => storage.increment('k', 300, 1, 2_500, 't');
    await blocking();
    expect(await blocking()).toMatchObject({ isBlocked: true, timeToBlockExpire: 3 });
    const blockedAt = performance.now();
    await refused();
    // The hits have expired by then; the block has not.
    await waitFor(() => performance.now() - blockedAt > 350);
    expect(await blocking()).toMatchObject({ isBlocked: true });
    await waitFor(async () => !(await blocking()).isBlocked, { timeoutMs: 4_000 });
    expect(performance.now() - blockedAt).toBeGreaterThan(2_450);
    expect(performance.now() - blockedAt).toBeLessThan(3_500);
  }, 15_000);

  it('begins each outage from what Redis said last, not from what memory counted in the one before', async () => {
    const storage = open();
    await hit(storage, 10);
    await refused();
    for (let i = 0; i < 5; i++) await hit(storage, 10);
    await proxy.accept();
    await redis.connect();
    await waitFor(async () => (await hit(storage, 10, 'other')) && !storage.isDegraded, { timeoutMs: 6_000 });
    expect(await hit(storage, 10)).toMatchObject({ totalHits: 2 });
    await refused();
    expect(await hit(storage, 10)).toMatchObject({ totalHits: 3 });
  }, 15_000);

  it('divides limits by the instances, and what was counted already', async () => {
    let instances = 4;
    const storage = open({ instances: () => {
      if (instances < 0) throw new Error('not now');
      return instances;
    } }); // prettier-ignore
    for (let i = 0; i < 8; i++) await hit(storage, 20);
    await refused();
    const passed = async (limit: number, key: string) => {
      let count = 0;
      while (!(await hit(storage, limit, key)).isBlocked) count++;
      return count;
    };
    // 12 are left for four.
    expect(await passed(20, 'k')).toBe(3);
    expect(await passed(20, 'new')).toBe(5);
    expect(await passed(3, 'few')).toBe(1);
    expect(await passed(0, 'none')).toBe(0);
    instances = -1;
    expect(await passed(20, 'last known')).toBe(5);
    instances = Number.NaN;
    expect(await passed(20, 'still')).toBe(5);
  });

  it('allows or denies everything where that is wanted', async () => {
    const allowing = open({ whenDown: 'allow' });
    const denying = open({ whenDown: 'deny' });
    await refused();
    for (let i = 0; i < 10; i++) {
      expect(await hit(allowing, 1)).toEqual({ totalHits: 0, timeToExpire: 60, isBlocked: false, timeToBlockExpire: 0 });
      expect(await hit(denying, 9)).toEqual({ totalHits: 10, timeToExpire: 60, isBlocked: true, timeToBlockExpire: 1 });
    }
    await proxy.accept();
    await redis.connect();
    expect(await hit(allowing, 5)).toMatchObject({ totalHits: 1 });
    expect(await hit(denying, 5)).toMatchObject({ totalHits: 2, isBlocked: false });
  }); // prettier-ignore

  it('answers also where Redis lives and refuses to count', async () => {
    const storage = open();
    await server.command('LPUSH', 'throttler:{k}', 'a list of somebody else');
    await server.command('CONFIG', 'SET', 'min-replicas-to-write', '1');
    for (const totalHits of [1, 2]) expect(await hit(storage)).toMatchObject({ totalHits });
    expect(log.lines).toEqual([expect.stringContaining('reason=NOREPLICAS')]);
  });

  it('tells observers how hits were answered, without their keys', async () => {
    const storage = open();
    const events: ThrottlerHitEvent[] = [];
    const listener = (event: unknown) => events.push(event as ThrottlerHitEvent);
    subscribe(throttlerChannels.hit.name, listener);
    await hit(storage, 1, 'secret');
    await hit(storage, 1, 'secret');
    await refused();
    await hit(storage, 1, 'secret');
    await hit(storage, 1, 'secret too');
    unsubscribe(throttlerChannels.hit.name, listener);
    expect(events).toMatchObject([
      { throttler: 't', source: 'redis', result: 'allowed' },
      { throttler: 't', source: 'redis', result: 'blocked' },
      { throttler: 't', source: 'memory', result: 'blocked', reason: 'ECONNREFUSED' },
      { throttler: 't', source: 'memory', result: 'allowed', reason: 'ECONNREFUSED' },
    ]);
    expect(events.every(({ durationMs }) => durationMs >= 0)).toBe(true);
    expect(JSON.stringify(events)).not.toContain('secret');
    const { length } = events;
    await hit(storage);
    expect(events).toHaveLength(length);
  });

  it('costs an application no request: started without Redis, it limits, and shares limits once there is one', async () => {
    await proxy.refuse();
    const app = await LimitedApplication.start(
      { url: proxy.url },
      { throttlers: [{ ttl: minute, limit: 3 }] },
    );
    try {
      const answers = [];
      for (let i = 0; i < 6; i++) answers.push(await app.get());
      expect(answers.map(({ code }) => code)).toEqual([200, 200, 200, 429, 429, 429]);
      expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(timeoutMs + slackMs);
      await proxy.accept();
      await app.redis.connect();
      expect((await app.get()).code).toBe(200);
      expect(await server.command('DBSIZE')).toBe(2);
    } finally {
      await app.close();
    }
  });
});
