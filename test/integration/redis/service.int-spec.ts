import {
  createRedisService,
  getRedisService,
  RedisConnectionState,
  type RedisHealth,
  type RedisService,
} from '@holdfast/redis';
import { RedisServer, waitFor } from '@holdfast/testing';
import { closeServices, openService, RecordingLog } from './open-service.js';

describe('RedisService', () => {
  let server: RedisServer;
  let redis: RedisService;

  beforeAll(async () => (server = await RedisServer.start()));
  afterAll(() => server.stop());
  beforeEach(async () => {
    redis = openService({ url: server.url, keyPrefix: 'p:' });
    await redis.connect();
  });
  afterEach(closeServices);

  it('A3: reads INFO, memory, clients and size', async () => {
    await redis.set('k', 'v');
    const info = await redis.getInfo();
    expect(info.server?.redis_version).toMatch(/^\d+\.\d+/);
    expect(info.keyspace?.db0).toMatch(/^keys=\d+/);
    expect(Object.keys(await redis.getInfo('clients'))).toEqual(['clients']);
    expect(await redis.getMemoryStats()).toEqual({
      used: expect.stringMatching(/^[\d.]+[BKMG]$/) as string,
      peak: expect.stringMatching(/^[\d.]+[BKMG]$/) as string,
      fragmentation: expect.stringMatching(/^[\d.]+$/) as string,
    });
    expect(await redis.getConnectedClients()).toBe(1);
    expect(await redis.getDbSize()).toBe(1);
  });

  it('A3: flushes the database where that is allowed, and refuses in production', async () => {
    await redis.set('k', 'v');
    await redis.flushDb();
    expect(await redis.getDbSize()).toBe(0);
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'production';
    try {
      const inProduction = openService({ url: server.url });
      await inProduction.connect();
      await inProduction.set('k', 'v');
      await expect(inProduction.flushDb()).rejects.toMatchObject({ code: 'REDIS_REFUSED' });
      expect(await inProduction.getDbSize()).toBe(1);
      const allowed = openService({ url: server.url, allowFlushDb: true });
      await allowed.connect();
      await allowed.flushDb();
      expect(await allowed.getDbSize()).toBe(0);
    } finally {
      process.env.NODE_ENV = before;
    }
  });

  it('A3: makes Bull connections as BullMQ wants them', async () => {
    const bull = redis.createBullConnection();
    expect(bull.options).toMatchObject({ maxRetriesPerRequest: null, keyPrefix: '' });
    expect(bull.options.commandTimeout).toBeUndefined();
    // What BullMQ makes of it for its blocking connection is one as well, owned and named.
    const blocking = bull.duplicate();
    await waitFor(() => blocking.status === 'ready');
    expect(blocking.options).toMatchObject({ maxRetriesPerRequest: null, keyPrefix: '' });
    expect(redis.getConnections().map(({ name, role }) => `${name} ${role}`)).toEqual([
      'test:shared shared',
      'test:bull bull',
      'test:bull-2 bull',
    ]);
    // Longer than the command time-out of other connections may be.
    await expect(blocking.blpop('none', 1)).resolves.toBeNull();
  });

  it('A9: every connection has a name in CLIENT LIST, and settings of its role', async () => {
    const own = redis.duplicate();
    const bull = redis.createBullConnection();
    await waitFor(() => own.status === 'ready' && bull.status === 'ready');
    const list = String(await server.command('CLIENT', 'LIST'));
    for (const name of ['test:shared', 'test:duplicate', 'test:bull'])
      expect(list).toContain(`name=${name} `);
    expect(redis.getClient().options).toMatchObject({
      autoResendUnfulfilledCommands: false,
      connectTimeout: 2_000,
      enableReadyCheck: true,
      keepAlive: 30_000,
      maxRetriesPerRequest: 3,
    });
    await own.quit();
    await waitFor(() => redis.getConnections().length === 2);
  });

  it('A5: healthCheck() and isHealthy() tell the truth, in milliseconds', async () => {
    expect(await redis.healthCheck()).toEqual({ healthy: true, latency: expect.any(Number) as number });
    expect((await redis.healthCheck()).latency).toBeLessThan(500);
    expect(await redis.isHealthy()).toBe(true);
    await server.pause();
    try {
      const health = await redis.healthCheck(100);
      expect(health).toMatchObject({ healthy: false, error: expect.stringContaining('PING') as string });
      expect(health.latency).toBeGreaterThan(90);
      expect(health.latency).toBeLessThan(900);
      expect(await redis.isHealthy()).toBe(false);
    } finally {
      await server.resume();
    }
  });

  it('A5: getStats() counts, and answers in an outage too', async () => {
    const before = await redis.getStats();
    await redis.set('k', 'v');
    await redis.incr('k').catch(() => undefined);
    const stats = await redis.getStats();
    expect(stats.commandsSent - before.commandsSent).toBeGreaterThanOrEqual(2);
    expect(stats).toMatchObject({
      connected: true,
      connectionAttempts: 1,
      reconnects: 0,
      commandsFailed: 1,
      memoryUsage: expect.stringMatching(/^[\d.]+[BKMG]$/) as string,
      connectedClients: 1,
    });
    expect(stats.uptime).toBeGreaterThan(0);
    const absent = openService({ url: 'redis://127.0.0.1:1' });
    await waitFor(async () => (await absent.getStats()).connectionAttempts > 1);
    expect(await absent.getStats()).toMatchObject({
      connected: false,
      memoryUsage: null,
      connectedClients: null,
    });
  });

  it('guards any work on the client with the same rules', async () => {
    expect(await redis.guard('eval', (client) => client.eval('return 7', 0))).toBe(7);
    await expect(
      redis.guard('bad-script', (client) => client.eval('return redis.call("nope")', 0)),
    ).rejects.toMatchObject({ code: 'REDIS_REPLY', outcome: 'unknown' });
    const own = new TypeError('mine');
    await expect(redis.guard('mine', () => Promise.reject(own))).rejects.toBe(own);
    const absent = openService({ url: 'redis://127.0.0.1:1' });
    await waitFor(async () => (await absent.healthCheck()).error?.includes('ECONNREFUSED'));
    let ran = false;
    await expect(
      absent.guard('never', () => {
        ran = true;
        return Promise.resolve();
      }),
    ).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE', outcome: 'not-sent' });
    expect(ran).toBe(false);
  });

  it('B5: the monitor checks health all the time and tells of changes', async () => {
    const own = await RedisServer.start();
    try {
      const watched = openService({ url: own.url, healthCheckIntervalMs: 20 });
      const seen: RedisHealth[] = [];
      watched.events.on('health', (health) => seen.push(health));
      await waitFor(() => seen.at(-1)?.healthy);
      await own.kill();
      await waitFor(() => seen.at(-1)?.healthy === false);
      expect(seen.at(-1)?.error).toMatch(/not connected/);
      await own.restart();
      await waitFor(() => seen.at(-1)?.healthy);
      expect(seen.map(({ healthy }) => healthy)).toEqual(
        seen.map((_, index) => seen[0]?.healthy === (index % 2 === 0)),
      );
    } finally {
      await own.stop();
    }
  });

  it('A6: getRedisService() is one instance per process, until it is closed', async () => {
    const log = new RecordingLog();
    const first = getRedisService({ url: server.url }, { log });
    expect(getRedisService()).toBe(first);
    expect(getRedisService({}, { name: 'other', log })).not.toBe(first);
    await getRedisService({}, { name: 'other' }).close();
    await first.connect();
    expect(await first.isHealthy()).toBe(true);
    // What a hot reload does: the module is loaded anew, the instance stays.
    let reloaded: typeof getRedisService | undefined;
    jest.isolateModules(() => {
      reloaded = (jest.requireActual('@holdfast/redis') as { getRedisService: typeof getRedisService })
        .getRedisService;
    });
    expect(reloaded).not.toBe(getRedisService);
    expect(reloaded?.()).toBe(first);
    await first.close();
    const second = getRedisService({ url: server.url }, { log });
    expect(second).not.toBe(first);
    await second.close();
  });

  it('A6: createRedisService() works without Nest, and logs through Nest\'s Logger by default', async () => {
    const service = createRedisService({ url: server.url, appName: 'script' }, { log: new RecordingLog() });
    await service.connect();
    expect(service.getConnectionState()).toBe(RedisConnectionState.Connected);
    await service.close();
    expect(service.getConnectionState()).toBe(RedisConnectionState.Closed);
  }); // prettier-ignore
});
