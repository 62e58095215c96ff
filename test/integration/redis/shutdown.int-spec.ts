import { RedisConnectionState, RedisModule, RedisService } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { Test } from '@nestjs/testing';
import { closeServices, openService, RecordingLog } from './open-service.js';

describe('A10: graceful shutdown', () => {
  let server: RedisServer;

  beforeEach(async () => (server = await RedisServer.start()));
  afterEach(async () => {
    await closeServices();
    await server.stop();
  });

  const ours = async (): Promise<string[]> =>
    String(await server.command('CLIENT', 'LIST'))
      .split('\n')
      .filter((line) => line.includes('name=test:'));

  async function openAll(url: string): Promise<RedisService> {
    const redis = openService({ url, healthCheckIntervalMs: 10 });
    await redis.connect();
    const bull = redis.createBullConnection();
    const subscriber = redis.duplicate();
    await subscriber.subscribe('news');
    bull.blpop('queue', 0).catch(() => undefined);
    await waitFor(async () => (await ours()).length === 3);
    return redis;
  }

  it('runs its phases in order, then quits: no connection of ours is left', async () => {
    const redis = await openAll(server.url);
    const order: string[] = [];
    const participant = (phase: 'intake' | 'workers' | 'buffers') => ({
      phase,
      name: phase,
      run: async () => {
        await redis.rpush('phases', phase);
        order.push(phase);
      },
    });
    for (const phase of ['buffers', 'intake', 'workers'] as const) redis.onShutdown(participant(phase));
    await redis.close();
    expect(order).toEqual(['intake', 'workers', 'buffers']);
    expect(await server.command('LRANGE', 'phases', '0', '-1')).toEqual(order);
    await waitFor(async () => (await ours()).length === 0);
    expect(redis.getConnections().map(({ state }) => state)).toEqual([RedisConnectionState.Closed]);
    expect(() => redis.duplicate()).toThrow(expect.objectContaining({ code: 'REDIS_CLOSED' }) as Error);
    await expect(redis.get('k')).rejects.toMatchObject({ outcome: 'not-sent' });
    await expect(redis.connect()).rejects.toMatchObject({ code: 'REDIS_CLOSED' });
  });

  it.each<[string, (proxy: FaultProxy) => Promise<void>]>([
    ['gone', (proxy) => proxy.refuse()],
    ['in a black hole', async (proxy) => void proxy.faults.blackHole({ afterwards: 'dead' })],
    ['frozen', () => server.pause()],
  ])('keeps its deadline with Redis %s, and a participant that never finishes', async (_, begin) => {
    const proxy = await FaultProxy.start({ target: server });
    try {
      const log = new RecordingLog();
      const redis = openService({ url: proxy.url }, { log });
      await redis.connect();
      redis.createBullConnection().blpop('queue', 0).catch(() => undefined); // prettier-ignore
      redis.onShutdown({ phase: 'workers', name: 'stuck worker', run: () => new Promise(() => undefined) });
      await begin(proxy);
      const startedAt = performance.now();
      await redis.close(500);
      expect(performance.now() - startedAt).toBeLessThan(1_500);
      expect(log.lines).toContainEqual(expect.stringContaining('stuck worker'));
      expect(redis.getConnectionState()).toBe(RedisConnectionState.Closed);
    } finally {
      await server.resume();
      await proxy.stop();
    }
  });

  it('closes with the Nest application', async () => {
    const module = await Test.createTestingModule({
      imports: [RedisModule.forRoot({ url: server.url, appName: 'test' })],
    })
      .setLogger(false as never)
      .compile();
    await module.init();
    await module.get(RedisService).connect();
    expect(await ours()).toHaveLength(1);
    await module.close();
    await waitFor(async () => (await ours()).length === 0);
  });
});
