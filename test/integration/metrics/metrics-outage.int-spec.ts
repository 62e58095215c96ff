import { FaultProxy, RedisServer, waitFor as waitForSoon } from '@holdfast/testing';
import { MeasuredApplication } from './measured-application.js';

jest.setTimeout(60_000);

/** In every state of Redis. */
const promisedMs = 50;

const waitFor: typeof waitForSoon = (condition) => waitForSoon(condition, { timeoutMs: 20_000 });

describe('a scrape in an outage (C10)', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let app: MeasuredApplication;

  const state = async (wanted: string) =>
    waitFor(async () => {
      const samples = await app.scrape();
      return samples.sum('db_client_connection_count', { role: 'shared', state: wanted }) === 1 && samples;
    });

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
    app = await MeasuredApplication.start({ url: proxy.url });
    await state('connected');
  });

  afterEach(async () => {
    await app.close();
    await proxy.stop();
    await server.stop();
  });

  it('C10 opens no connection and sends nothing', async () => {
    await app.redis.get('a');
    const { connectionsAccepted } = proxy.traffic;
    const sent = () => app.redis.getConnections()[0]?.commandsSent;
    const before = sent();
    await Promise.all(Array.from({ length: 50 }, () => app.get()));
    expect(sent()).toBe(before);
    expect(proxy.traffic.connectionsAccepted).toBe(connectionsAccepted);
    expect(app.redis.getConnections()).toHaveLength(1);
  });

  it('C10 answers at once while connections are refused, and after the recovery', async () => {
    await proxy.refuse();
    const down = await state('reconnecting');
    expect(down.sum('holdfast_redis_up')).toBe(0);
    expect(await app.fastestMs()).toBeLessThan(promisedMs);
    const attempts = (await app.scrape()).sum('holdfast_redis_connection_attempts_total') ?? 0;
    await waitFor(async () => ((await app.scrape()).sum('holdfast_redis_connection_attempts_total') ?? 0) > attempts);
    await proxy.accept();
    const up = await state('connected');
    expect(up.sum('holdfast_redis_connection_reconnects_total')).toBe(1);
    expect(await app.fastestMs()).toBeLessThan(promisedMs);
  }); // prettier-ignore

  it.each<[string, () => Promise<() => unknown>]>([
    [
      'in a black hole',
      async () => {
        const hole = proxy.faults.blackHole({ afterwards: 'dead' });
        return () => hole.clear();
      },
    ],
    [
      'while Redis is frozen',
      async () => {
        await server.pause();
        return () => server.resume();
      },
    ],
  ])('C10 answers at once %s, before and after it was noticed', async (_, strike) => {
    const calls = 'db_client_operation_duration_seconds_count';
    const restore = await strike();
    const lost = app.redis.strict.get('a').catch(() => undefined);
    expect((await app.scrape()).sum('db_client_connection_count', { state: 'connected' })).toBe(1);
    expect(await app.fastestMs()).toBeLessThan(promisedMs);
    await state('reconnecting');
    expect(await app.fastestMs()).toBeLessThan(promisedMs);
    await lost;
    const failed = await app.scrape();
    expect(failed.sum(calls, { result: 'error', error_type: 'HALF_OPEN', outcome: 'unknown' })).toBe(1);
    await restore();
    await state('connected');
    expect(await app.redis.get('a')).toBeNull();
    expect((await app.scrape()).sum(calls, { result: 'success' })).toBeGreaterThan(0);
  });

  it('C10 stays small and quick with more names of operations and errors than it keeps', async () => {
    const { redis } = app;
    const succeed = (operation: number) => redis.guard(`operation-${operation}`, async () => operation);
    const fail = async (operation: number, kind: number) => {
      const invented = Object.assign(new Error(`KIND${kind} invented by a script`), { name: 'ReplyError' });
      await redis.guard(`operation-${operation}`, () => Promise.reject(invented)).catch(() => undefined);
    };
    for (let i = 0; i < 1_000; i++) await succeed(i);
    for (let i = 0; i < 100; i++) await fail(0, i);
    for (let i = 0; i < 3_000; i++) await fail(i % 300, Math.floor(i / 300));

    const samples = await app.scrape();
    const distinct = (label: string) =>
      new Set(samples.all.map(({ labels }) => labels[label]).filter(Boolean));
    expect(distinct('db_operation_name').size).toBe(201);
    expect(distinct('db_operation_name')).toContain('other');
    expect(distinct('error_type').size).toBe(51);
    expect(distinct('error_type')).toContain('_OTHER');
    const calls = 'db_client_operation_duration_seconds_count';
    expect(samples.sum(calls, { result: 'success', db_operation_name: 'other' })).toBe(800);
    expect(samples.sum(calls)).toBe(4_100);
    expect(samples.values(calls, { result: 'error' }).length).toBeLessThanOrEqual(200 + 201);
    expect(samples.sum('holdfast_redis_breaker_calls_total', { result: 'success' })).toBe(1_000);
    expect(samples.sum('holdfast_redis_breaker_calls_total', { result: 'error' })).toBe(3_100);
    expect(await app.fastestMs()).toBeLessThan(4 * promisedMs);
  });
});
