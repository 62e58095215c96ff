import { RedisModule } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor as waitForSoon } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { type CheckedAnswer, CheckedApplication } from './checked-application.js';

jest.setTimeout(60_000);

/** What design.md promises of `/health` in every state. */
const promisedMs = 50;
/** Far more than an answer takes, far less than any time-out: a check that waits for one fails here. */
const atOnceMs = 400;

/** What it waits for takes up to four seconds; the rest is for slow machines. */
const waitFor: typeof waitForSoon = (condition) => waitForSoon(condition, { timeoutMs: 20_000 });

describe('health of Redis (C4)', () => {
  let server: RedisServer;
  const cleanups: Array<() => Promise<unknown> | unknown> = [];

  const application = async (...options: Parameters<typeof CheckedApplication.start>) => {
    const app = await CheckedApplication.start(...options);
    cleanups.unshift(() => app.close());
    return app;
  };
  const own = <T extends { stop(): Promise<unknown> }>(thing: T): T => {
    cleanups.unshift(() => thing.stop());
    return thing;
  };
  const status = (app: CheckedApplication, wanted: string) =>
    waitFor(async () => {
      const answer = await app.get();
      return answer.details.redis?.status === wanted && answer;
    });
  const redisOf = ({ details }: CheckedAnswer) =>
    details.redis as NonNullable<CheckedAnswer['details']['redis']>;

  beforeEach(async () => {
    server = own(await RedisServer.start());
  });

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  it('C4 is up, and tells role, version, latency, memory, clients and connections', async () => {
    const app = await application({ url: server.url, appName: 'shop' });
    app.redis.duplicate();
    await waitFor(() => app.redis.getConnections().every(({ state }) => state === 'connected'));
    const answer = await status(app, 'up');
    expect(answer.code).toBe(200);
    expect(answer.status).toBe('ok');
    expect(redisOf(answer)).toEqual({
      status: 'up',
      state: 'connected',
      latency: expect.any(Number),
      latencyAgeMs: expect.any(Number),
      server: {
        role: 'master',
        version: expect.stringMatching(/^\d+\.\d+/),
        uptimeSeconds: expect.any(Number),
        memory: expect.objectContaining({ used: expect.stringMatching(/^[\d.]+[KMG]$/) }),
        clients: { connected: 2, blocked: 0 },
        ageMs: expect.any(Number),
      },
      connections: [
        { name: 'shop:shared', role: 'shared', state: 'connected', reconnects: 0, waiting: 0 },
        { name: 'shop:duplicate', role: 'duplicate', state: 'connected', reconnects: 0, waiting: 0 },
      ],
    });
    await expect(app.fastestMs()).resolves.toBeLessThan(promisedMs);
  });

  it('C4 opens no connection of its own', async () => {
    const app = await application({ url: server.url });
    await status(app, 'up');
    await Promise.all(Array.from({ length: 20 }, () => app.get()));
    expect(await server.command('INFO', 'clients')).toContain('connected_clients:2\r\n');
    expect(app.redis.getConnections()).toHaveLength(1);
  });

  it('C4 is down at once when Redis was killed, says why and what to do, and is up again afterwards', async () => {
    const app = await application({ url: server.url });
    await status(app, 'up');
    await server.kill();
    const answer = await waitFor(async () => {
      const seen = await app.get();
      return redisOf(seen).message?.includes('ECONNREFUSED') && seen;
    });
    expect(answer).toMatchObject({ code: 503, status: 'error' });
    expect(redisOf(answer).message).toMatch(/127\.0\.0\.1:\d+\) is reconnecting .* Start Redis/);
    expect(redisOf(answer).connections).toMatchObject([
      {
        state: 'reconnecting',
        lastError: { kind: 'ECONNREFUSED', advice: expect.stringContaining('Start') },
      },
    ]);
    await expect(app.fastestMs()).resolves.toBeLessThan(promisedMs);
    await server.restart();
    const recovered = await status(app, 'up');
    expect(redisOf(recovered).connections).toMatchObject([{ state: 'connected', reconnects: 1 }]);
    expect(redisOf(recovered).message).toBeUndefined();
  });

  it('C4 answers before and after a frozen Redis was noticed, and recovers', async () => {
    // The heartbeat takes its time here, so that the check has to find out by itself.
    const app = await application({ url: server.url, heartbeatTimeoutMs: 3_000 });
    await status(app, 'up');
    await server.pause();

    const first = await app.get();
    expect(first.code).toBe(200);
    expect(redisOf(first)).toMatchObject({ status: 'degraded', state: 'connected' });
    expect(redisOf(first).message).toContain('not answered PING');
    expect(redisOf(first).server).toMatchObject({ role: 'master' });
    expect(first.tookMs).toBeLessThan(atOnceMs);

    const down = await status(app, 'down');
    expect(redisOf(down).state).toBe('connected');
    expect(redisOf(down).message).toMatch(/not answered PING for \d{4} ms.*frozen/);
    await expect(app.fastestMs()).resolves.toBeLessThan(promisedMs);

    const noticed = await waitFor(async () => {
      const seen = await app.get();
      return redisOf(seen).state === 'reconnecting' && seen;
    });
    expect(redisOf(noticed).status).toBe('down');
    expect(redisOf(noticed).message).toContain('HALF_OPEN');
    await expect(app.fastestMs()).resolves.toBeLessThan(promisedMs);

    await server.resume();
    await status(app, 'up');
  });

  it('C4 is up again at once when a frozen Redis goes on before it was noticed', async () => {
    const app = await application({ url: server.url, heartbeatTimeoutMs: 20_000 }, { timeout: 100 });
    await status(app, 'up');
    await server.pause();
    await status(app, 'down');
    await server.resume();
    const answer = await status(app, 'up');
    expect(redisOf(answer).connections).toMatchObject([{ reconnects: 0 }]);
  });

  it('C4 answers in a black hole, and recovers', async () => {
    const proxy = own(await FaultProxy.start({ target: server }));
    const app = await application({ url: proxy.url });
    await status(app, 'up');
    const fault = proxy.faults.blackHole({ afterwards: 'dead' });
    expect((await app.get()).tookMs).toBeLessThan(atOnceMs);
    await status(app, 'down');
    await expect(app.fastestMs()).resolves.toBeLessThan(promisedMs);
    await waitFor(async () => redisOf(await app.get()).state === 'reconnecting');
    await expect(app.fastestMs()).resolves.toBeLessThan(promisedMs);
    fault.clear();
    await status(app, 'up');
  });

  it('C4 takes a slow Redis for slow, and not for dead', async () => {
    const proxy = own(await FaultProxy.start({ target: server }));
    const app = await application({ url: proxy.url });
    await status(app, 'up');
    proxy.faults.delay({ latencyMs: 200 });
    const first = await app.get();
    expect(redisOf(first)).toMatchObject({ status: 'degraded', message: expect.stringContaining('slow') });
    expect(first.code).toBe(200);
    const known = await waitFor(async () => {
      const seen = await app.get();
      expect(seen.code).toBe(200);
      return Number(redisOf(seen).latency) >= 150 && seen;
    });
    expect(redisOf(known).status).toBe('up');
    await expect(app.fastestMs()).resolves.toBeLessThan(promisedMs);
  });

  it('C4 puts no more than one PING and one INFO on a connection that is silent', async () => {
    const app = await application({ url: server.url, heartbeatIntervalMs: 60_000 });
    await status(app, 'up');
    await server.pause();
    const before = app.redis.getConnections()[0]?.commandsSent as number;
    for (let i = 0; i < 20; i++) await app.get();
    expect((app.redis.getConnections()[0]?.commandsSent as number) - before).toBeLessThanOrEqual(2);
  });

  it('C4 says that the password is wrong, and does not say it', async () => {
    const guarded = own(await RedisServer.start({ password: 'right-one' }));
    const app = await application({ host: guarded.host, port: guarded.port, password: 'wrong-one' });
    const answer = await waitFor(async () => {
      const seen = await app.get();
      return redisOf(seen).message?.includes('WRONGPASS') && seen;
    });
    expect(answer.code).toBe(503);
    expect(JSON.stringify(answer)).toContain('REDIS_PASSWORD');
    expect(JSON.stringify(answer)).not.toMatch(/wrong-one|right-one/);
  });

  it('C4 looks at a borrowed client as well, frozen and gone', async () => {
    const client = new Redis(server.url, { retryStrategy: () => 50 });
    client.on('error', () => undefined);
    cleanups.unshift(() => client.disconnect());
    const app = await application({ client }, { timeout: 200 });
    await status(app, 'up');
    await server.pause();
    await status(app, 'down');
    await expect(app.fastestMs()).resolves.toBeLessThan(promisedMs);
    await server.kill();
    await waitFor(async () => redisOf(await app.get()).state === 'reconnecting');
    await expect(app.fastestMs()).resolves.toBeLessThan(promisedMs);
    await server.restart();
    await status(app, 'up');
    expect(client.status).toBe('ready');
  });

  it('C4 is never slower than a time-out shorter than its own patience', async () => {
    const app = await application({ url: server.url });
    await status(app, 'up');
    await server.pause();
    const { redis } = await app.indicator.pingCheck('redis', { timeout: 5 });
    expect(redis).toMatchObject({ status: 'down', message: expect.stringContaining('not answered') });
  });

  it('C4 is degraded where the application says that it works without Redis', async () => {
    await server.kill();
    const app = await application({ url: server.url }, { whenDown: 'degraded' });
    const answer = await status(app, 'degraded');
    expect(answer).toMatchObject({ code: 200, status: 'degraded' });
    expect(redisOf(answer).message).toContain('works without it');
    expect((await app.get('health/ready')).code).toBe(200);
    await expect(app.indicator.pingCheck('redis', { whenDown: 'down' })).resolves.toMatchObject({
      redis: { status: 'down' },
    });
  });

  it('C4 is alive without Redis, and ready with it', async () => {
    await server.kill();
    const app = await application({ url: server.url });
    expect(await app.get('health/live')).toMatchObject({ code: 200, status: 'ok', details: {} });
    expect(await app.get('health/ready')).toMatchObject({
      code: 503,
      details: { redis: { status: 'down' } },
    });
    await expect(app.fastestMs('health/ready')).resolves.toBeLessThan(promisedMs);
    await server.restart();
    await waitFor(async () => (await app.get('health/ready')).code === 200);
    const { redis } = (await app.get('health/ready')).details;
    expect(Object.keys(redis ?? {}).toSorted()).toEqual(['latency', 'status']);
  });

  it('C4 is degraded while another connection than the shared one is lost', async () => {
    const proxy = own(await FaultProxy.start({ target: server }));
    const app = await application({ url: server.url, appName: 'shop' });
    const other = app.redis.createBullConnection({ host: proxy.host, port: proxy.port });
    await waitFor(() => other.status === 'ready');
    await status(app, 'up');
    await proxy.refuse();
    const answer = await status(app, 'degraded');
    expect(redisOf(answer).message).toMatch(/shop:bull .* is reconnecting/);
    await proxy.accept();
    await status(app, 'up');
  });

  it('C4 checks named connections, and says so when there is none of that name', async () => {
    const other = own(await RedisServer.start());
    const app = await application({ url: server.url }, undefined, [
      RedisModule.forRoot({ name: 'jobs', url: other.url }),
    ]);
    await other.kill();
    await status(app, 'up');
    const { jobs } = await app.indicator.isHealthy('jobs', { connection: 'jobs' });
    expect(jobs.status).toBe('down');
    await expect(app.indicator.isHealthy('x', { connection: 'nope' })).rejects.toThrow(/name: 'nope'/);
  });
});
