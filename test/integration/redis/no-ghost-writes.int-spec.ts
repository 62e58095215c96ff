import { RedisConnectionState, type RedisService } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { closeServices, openService } from './open-service.js';

const isDown = (redis: RedisService) => (): boolean =>
  redis.getConnectionState() !== RedisConnectionState.Connected;

describe('no ghost writes: what was reported as not sent is never executed', () => {
  let server: RedisServer;
  let proxy: FaultProxy;

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
  });
  afterEach(async () => {
    await closeServices();
    await proxy.stop();
    await server.stop();
  });

  const outcomes = (results: PromiseSettledResult<unknown>[]): string[] =>
    results.map((result) =>
      result.status === 'fulfilled' ? 'ok' : String((result.reason as { outcome?: string }).outcome),
    );

  it('B6: 1,000 SETs that time out while disconnected leave 0 keys, through REDIS_CLIENT', async () => {
    const redis = openService({ url: proxy.url, commandTimeoutMs: 300, maxRetriesPerRequest: 1_000 });
    const client = redis.getClient();
    await redis.connect();
    await proxy.refuse();
    await waitFor(isDown(redis));
    const writes = Array.from({ length: 1_000 }, (_, index) => client.set(`ghost:${index}`, 'x'));
    expect(new Set(outcomes(await Promise.allSettled(writes)))).toEqual(new Set(['not-sent']));
    await proxy.accept();
    await redis.connect();
    await client.set('marker', 'x');
    expect(await redis.getDbSize()).toBe(1);
  });

  it('B6: an aborted call that still waits for the connection is never sent', async () => {
    const redis = openService({ url: proxy.url });
    await redis.connect();
    // Frozen, so that the connection is lost without an attempt having failed yet: calls wait.
    proxy.cut();
    await waitFor(isDown(redis));
    const abort = new AbortController();
    const write = redis.set('ghost', 'x', undefined, { signal: abort.signal });
    abort.abort();
    await expect(write).rejects.toMatchObject({ outcome: 'not-sent', code: 'REDIS_ABORTED' });
    await redis.connect();
    await redis.set('marker', 'x');
    expect(await redis.getDbSize()).toBe(1);
  });

  it('B6: waiting commands run in their order after the reconnection, before later ones', async () => {
    const redis = openService({ url: proxy.url, maxRetriesPerRequest: 1_000 });
    const client = redis.getClient();
    await redis.connect();
    await proxy.refuse();
    await waitFor(isDown(redis));
    const waiting = Array.from({ length: 50 }, (_, index) => client.rpush('order', index));
    const transaction = client.multi().rpush('order', 50).rpush('order', 51).exec();
    await proxy.accept();
    client.once('ready', () => void client.rpush('order', 52));
    await Promise.all([...waiting, transaction]);
    const order = await waitFor(async () => {
      const values = await redis.lrange('order');
      return values.length === 53 && values;
    });
    expect(order).toEqual(Array.from({ length: 53 }, (_, index) => String(index)));
  });

  it('bounds what waits by number and bytes, and refuses the rest at once', async () => {
    const redis = openService({
      url: proxy.url,
      maxWaitingCommands: 10,
      maxWaitingBytes: 50_000,
      commandTimeoutMs: 1_000,
      maxRetriesPerRequest: 1_000,
    });
    const client = redis.getClient();
    await redis.connect();
    await proxy.refuse();
    await waitFor(isDown(redis));
    const startedAt = performance.now();
    const tooLarge: unknown = await client.set('large', 'x'.repeat(60_000)).catch((error: unknown) => error);
    const waiting = Array.from({ length: 8 }, (_, index) => client.set(`k${index}`, 'x'));
    // All of a pipeline waits, or none of it.
    const pipeline = await client.pipeline().set('p1', 'x').set('p2', 'x').set('p3', 'x').exec();
    const refusedAfterMs = performance.now() - startedAt;
    expect(tooLarge).toMatchObject({ code: 'REDIS_QUEUE_FULL', outcome: 'not-sent' });
    expect(pipeline?.map(([error]) => (error as { code?: string } | null)?.code)).toEqual(
      Array(3).fill('REDIS_QUEUE_FULL'),
    );
    expect(refusedAfterMs).toBeLessThan(500);
    await proxy.accept();
    await Promise.all(waiting);
    expect(await redis.getDbSize()).toBe(8);
  });

  it('gives up what waits after REDIS_MAX_RETRIES failed attempts', async () => {
    const redis = openService({ url: proxy.url, commandTimeoutMs: 60_000, maxRetriesPerRequest: 3 });
    await redis.connect();
    await proxy.refuse();
    await waitFor(isDown(redis));
    await expect(redis.getClient().get('k')).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      outcome: 'not-sent',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('A9: what was in flight when the connection broke fails at once, and says that it may have run', async () => {
    const redis = openService({ url: proxy.url, commandTimeoutMs: 60_000 });
    await redis.connect();
    proxy.faults.cutAfter({ commands: ['INCR'], nth: 1 });
    const startedAt = performance.now();
    await expect(redis.getClient().incr('n')).rejects.toMatchObject({
      code: 'REDIS_CONNECTION_LOST',
      outcome: 'unknown',
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await redis.connect();
    expect(await redis.get('n')).toBe('1');
  });

  it('never hangs: in a black hole every command ends by its deadline', async () => {
    const redis = openService({ url: proxy.url, commandTimeoutMs: 400 });
    const client = redis.getClient();
    await redis.connect();
    proxy.faults.blackHole({ afterwards: 'dead' });
    const startedAt = performance.now();
    const calls = await Promise.allSettled([
      client.get('a'),
      client.incr('a'),
      redis.get('a'),
      client.pipeline().get('a').incr('a').exec().then((results) => Promise.reject(results?.[1]?.[0])),
      client.multi().incr('a').exec(),
    ]); // prettier-ignore
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(outcomes(calls)).toEqual(Array(5).fill('unknown'));
  });

  it('B7: a counter whose reply was lost counted once, not twice', async () => {
    const redis = openService({ url: proxy.url });
    await redis.connect();
    proxy.faults.cutAfter({ commands: ['INCRBY'], nth: 1 });
    await expect(redis.incrBy('n', 5)).rejects.toMatchObject({ outcome: 'unknown' });
    await redis.connect();
    expect(await redis.get('n')).toBe('5');
  });

  it('sends no part of a transaction when the connection broke in the middle of it', async () => {
    const redis = openService({ url: proxy.url });
    await redis.connect();
    proxy.faults.cutBefore({ commands: ['EXEC'], nth: 1 });
    await expect(redis.multi().set('a', '1').set('b', '1').exec()).rejects.toMatchObject({
      outcome: 'unknown',
    });
    await redis.connect();
    expect(await redis.getDbSize()).toBe(0);
  });
});
