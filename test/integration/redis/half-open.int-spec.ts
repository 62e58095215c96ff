import { RedisConnectionState, type RedisService } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import type { Redis } from 'ioredis';
import { closeServices, openService } from './open-service.js';

/** The promise, with room for a machine that is busy with other things. */
const promisedMs = 3_000;
const bound = { timeoutMs: promisedMs + 500, intervalMs: 5 };
const recovery = { timeoutMs: 2_500 + 1_000 };

const { Connected, Reconnecting } = RedisConnectionState;

describe('B4: half-open connections are found by reading, and come back by themselves', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let redis: RedisService;

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
    redis = openService({ url: proxy.url });
    await redis.connect();
  });
  afterEach(async () => {
    await closeServices();
    await proxy.stop();
    await server.stop();
  });

  const stateOf = (client: Redis): RedisConnectionState | undefined =>
    redis.getConnections().find(({ name }) => name === client.options.connectionName)?.state;

  const faults: Array<[string, () => Promise<void> | void, () => Promise<void> | void]> = [
    ['the server is frozen', () => server.pause(), () => server.resume()],
    [
      'the network swallows everything',
      () => void proxy.faults.blackHole({ afterwards: 'dead' }),
      () => proxy.reset(),
    ],
  ];

  it.each(faults)('an idle shared, subscriber, duplicate and blocking connection notice that %s', async (_, begin, end) => {
    const subscriber = redis.duplicate();
    const messages: string[] = [];
    subscriber.on('message', (__, message: string) => messages.push(message));
    await subscriber.subscribe('news');
    const idle = redis.duplicate();
    const bull = redis.createBullConnection();
    const blocked = bull.blpop('queue', 1).catch(() => 'lost');
    const all = [redis.getClient(), subscriber, idle, bull];
    await waitFor(() => all.every((client) => stateOf(client) === Connected));
    const startedAt = performance.now();
    await begin();
    await waitFor(() => all.slice(0, 3).every((client) => stateOf(client) === Reconnecting), bound);
    expect(performance.now() - startedAt).toBeGreaterThan(1_000);
    // It may be silent for its block time on top.
    await waitFor(() => stateOf(bull) === Reconnecting, { timeoutMs: 1_000 + bound.timeoutMs });
    expect(await blocked).toBe('lost');

    await end();
    await waitFor(() => all.every((client) => stateOf(client) === Connected), recovery);
    // Subscriptions come back as well.
    await waitFor(async () => {
      await server.command('PUBLISH', 'news', 'hello');
      return messages.includes('hello');
    });
    await redis.set('k', 'v');
    expect(await redis.get('k')).toBe('v');
  }, 30_000); // prettier-ignore

  it.each(faults)(
    'a busy shared connection notices that %s',
    async (_, begin, end) => {
      let busy = true;
      const failures: unknown[] = [];
      const load = Promise.all(
        Array.from({ length: 50 }, async () => {
          while (busy) {
            await redis.getClient().incr('n').catch((error: unknown) => failures.push(error)); // prettier-ignore
            await new Promise((resolve) => setImmediate(resolve));
          }
        }),
      );
      await waitFor(async () => Number(await redis.get('n')) > 100);
      await begin();
      await waitFor(() => redis.getConnectionState() === Reconnecting, bound);
      await end();
      await waitFor(() => redis.getConnectionState() === Connected, recovery);
      const before = Number(await redis.get('n'));
      await waitFor(async () => Number(await redis.get('n')) > before);
      busy = false;
      await load;
      expect(failures.length).toBeGreaterThan(0);
    },
    30_000,
  );

  it('a command that blocks for ever is let go with the connections that were found half-open', async () => {
    const bull = redis.createBullConnection();
    await waitFor(() => stateOf(bull) === Connected);
    const popped = bull.blpop('queue', 0).catch((error: { outcome?: string }) => error.outcome);
    await server.pause();
    await waitFor(() => stateOf(bull) === Reconnecting, bound);
    expect(await popped).toBe('unknown');
    await server.resume();
    await waitFor(() => stateOf(bull) === Connected, recovery);
  }, 15_000);

  it('does not take a slow but living server for a dead one', async () => {
    proxy.faults.delay({ latencyMs: 700 });
    const startedAt = performance.now();
    while (performance.now() - startedAt < 4_000) {
      await redis.get('k');
      expect(redis.getConnectionState()).toBe(Connected);
    }
    expect(redis.getConnections()[0]?.reconnects).toBe(0);
  }, 15_000);

  it('does not take its own stopped event loop for silence', async () => {
    const until = Date.now() + 3_500;
    while (Date.now() < until);
    expect(await redis.get('k')).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(redis.getConnections()[0]).toMatchObject({ state: Connected, reconnects: 0 });
  }, 15_000);

  it('does not disturb a command that blocks for longer than the heartbeat waits', async () => {
    const own = redis.duplicate();
    const popped = own.blpop('queue', 4);
    expect(await popped).toBeNull();
    expect(stateOf(own)).toBe(Connected);
    expect(redis.getConnections().every(({ reconnects }) => reconnects === 0)).toBe(true);
  }, 15_000);
});
