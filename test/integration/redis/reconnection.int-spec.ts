import {
  type ConnectionChange,
  type CyclingReport,
  RedisConnectionState,
  type RedisService,
} from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { connect } from 'node:net';
import { closeServices, openService, RecordingLog } from './open-service.js';

const { Closed, Connected, Connecting, Disconnected, Reconnecting } = RedisConnectionState;

describe('A8: reconnection', () => {
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

  const becomes = (redis: RedisService, state: RedisConnectionState): Promise<unknown> =>
    waitFor(() => redis.getConnectionState() === state, { message: state });

  it.each(['with its data', 'empty'])(
    'comes back by itself after the server was restarted %s',
    async (how) => {
      const redis = openService({ url: server.url });
      await redis.connect();
      await redis.set('k', 'v');
      await server.restart({ keepData: how === 'with its data' });
      await becomes(redis, Connected);
      expect(await redis.get('k')).toBe(how === 'with its data' ? 'v' : null);
      expect((await redis.getStats()).reconnects).toBe(1);
    },
  );

  it('A7: starts without Redis, fails fast meanwhile, and connects when Redis appears', async () => {
    await proxy.refuse();
    const redis = openService({ url: proxy.url });
    expect([Connecting, Reconnecting]).toContain(redis.getConnectionState());
    await waitFor(async () => (await redis.healthCheck()).error?.includes('ECONNREFUSED'));
    const startedAt = performance.now();
    await expect(redis.get('k')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE', outcome: 'not-sent' });
    expect(performance.now() - startedAt).toBeLessThan(50);
    await proxy.accept();
    await becomes(redis, Connected);
    expect(await redis.get('k')).toBeNull();
  });

  it('does not let calls of RedisService wait for a connection that cannot be made anew', async () => {
    const redis = openService({ url: proxy.url, maxRetriesPerRequest: 1_000 });
    await redis.connect();
    await proxy.refuse();
    await waitFor(() => redis.getConnectionState() === Reconnecting);
    const startedAt = performance.now();
    const calls = await Promise.allSettled([redis.get('k'), redis.multi().set('k', 'v').incr('n').exec()]);
    expect(performance.now() - startedAt).toBeLessThan(500);
    for (const call of calls)
      expect(call).toMatchObject({ reason: { outcome: 'not-sent', kind: 'ECONNREFUSED' } });
    await proxy.accept();
    await redis.connect();
    expect(await redis.getDbSize()).toBe(0);
  });

  it('bridges a connection that was cut: calls wait instead of failing', async () => {
    const redis = openService({ url: proxy.url });
    await redis.connect();
    for (let round = 0; round < 5; round++) {
      proxy.cut();
      await waitFor(() => redis.getConnectionState() === Reconnecting);
      await redis.set('round', round);
    }
    expect(await redis.get('round')).toBe('4');
  });

  it('after a demotion, connects again and sends the refused commands to the new primary', async () => {
    const redis = openService({ url: proxy.url });
    await redis.connect();
    const [id] = (await redis
      .getClient()
      .client('ID')
      .then((value) => [value])) as [number];
    const demoted = proxy.faults.answerError("READONLY You can't write against a read only replica.", {
      commands: ['SET', 'INCR'],
    });
    const writes = Array.from({ length: 20 }, (_, index) => redis.set(`k${index}`, 'v'));
    const count = redis.incr('n');
    await waitFor(() => demoted.hits > 20);
    await waitFor(() => redis.getConnectionState() === Reconnecting);
    demoted.clear();
    await Promise.all(writes);
    expect(await count).toBe(1);
    expect(await redis.getClient().client('ID')).not.toBe(id);
    expect(await redis.getDbSize()).toBe(21);
  });

  it('serves reads from a server that stays read-only, refuses writes, and looks for the primary once a second', async () => {
    const redis = openService({ url: server.url, commandTimeoutMs: 2_000 });
    await redis.connect();
    await redis.set('k', 'v');
    await server.command('REPLICAOF', '127.0.0.1', '1');
    const write = redis.set('k', 'w').catch((error: unknown) => error);
    const slowest = await slowestOf(() => redis.get('k'), 1_500);
    expect(await write).toMatchObject({ code: 'REDIS_UNAVAILABLE', kind: 'READONLY', outcome: 'rejected' });
    expect(slowest).toBeLessThan(1_000);
    expect(redis.getConnections()[0]?.connectionAttempts).toBeLessThan(6);
    await server.command('REPLICAOF', 'NO', 'ONE');
    await redis.set('k', 'w');
  }, 15_000);

  it('does not let calls wait for a server that is loading its data', async () => {
    const loading = await RedisServer.start({
      persistence: true,
      directives: { appendfsync: 'always', 'key-load-delay': 100 },
    });
    const redis = openService({ url: loading.url });
    try {
      await redis.connect();
      await loading.command('EVAL', "for i = 1, 30000 do redis.call('SET', 'k' .. i, i) end", '0');
      const restarted = loading.restart();
      await waitFor(async () => (await redis.healthCheck()).error?.includes('NOT_READY'), {
        message: 'NOT_READY',
      });
      const startedAt = performance.now();
      await expect(redis.get('k1')).rejects.toMatchObject({ kind: 'NOT_READY', outcome: 'not-sent' });
      expect(performance.now() - startedAt).toBeLessThan(200);
      await restarted;
      await becomes(redis, Connected);
      expect(await redis.get('k1')).toBe('1');
    } finally {
      await redis.close(200);
      await loading.stop();
    }
  }, 20_000);

  it('never sends a part of a transaction on its own', async () => {
    const redis = openService({ url: server.url });
    await redis.connect();
    await server.command('REPLICAOF', '127.0.0.1', '1');
    await expect(redis.multi().set('a', '1').set('b', '1').exec()).rejects.toMatchObject({
      outcome: 'rejected',
      kind: 'READONLY',
    });
    await server.command('REPLICAOF', 'NO', 'ONE');
    await redis.connect();
    await redis.set('marker', '1');
    expect(await redis.getDbSize()).toBe(1);
  });

  it('debounces a server that accepts and resets', async () => {
    const redis = openService({ url: proxy.url });
    await redis.connect();
    proxy.faults.cutBefore();
    proxy.cut();
    const before = proxy.traffic.connectionsAccepted;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(proxy.traffic.connectionsAccepted - before).toBeLessThan(20);
    await proxy.reset();
    await becomes(redis, Connected);
  }, 15_000);

  it('gives up after REDIS_RECONNECT_MAX_ATTEMPTS until connect() is called', async () => {
    const log = new RecordingLog();
    const redis = openService({ url: proxy.url, reconnectMaxAttempts: 3 }, { log });
    await redis.connect();
    await proxy.refuse();
    await becomes(redis, Disconnected);
    expect(log.lines.filter((line) => line.includes('event=gave-up'))).toEqual([
      expect.stringContaining('attempts=3'),
    ]);
    await expect(redis.get('k')).rejects.toMatchObject({ outcome: 'not-sent' });
    await expect(redis.connect(2_000)).rejects.toMatchObject({ code: 'REDIS_CLOSED' });
    await proxy.accept();
    await redis.connect();
    expect(await redis.get('k')).toBeNull();
    proxy.cut();
    await becomes(redis, Reconnecting);
    await becomes(redis, Connected);
  }, 15_000);

  it('A3: getConnectionState() agrees with the truth at every moment of an outage', async () => {
    const redis = openService({ url: server.url });
    const seen = new Set<RedisConnectionState>();
    const lies: string[] = [];
    let samples = 0;
    const sample = (): void => {
      const state = redis.getConnectionState();
      seen.add(state);
      samples++;
      const { status, stream } = redis.getClient();
      const usable = status === 'ready' && stream?.readyState === 'open';
      if ((state === Connected) !== usable) lies.push(`${state} while ${status}/${stream?.readyState}`);
    };
    const sampler = setInterval(sample, 1);
    const events: ConnectionChange[] = [];
    redis.events.on('connection', (change) => {
      sample();
      events.push(change);
    });
    sample();
    await redis.connect();
    await server.kill();
    await becomes(redis, Reconnecting);
    // The truth from outside: nobody can connect to the port now.
    await expect(knock(server.port)).resolves.toBe(false);
    expect(redis.getConnectionState()).toBe(Reconnecting);
    await server.restart();
    await becomes(redis, Connected);
    await redis.close();
    sample();
    clearInterval(sampler);
    expect(lies).toEqual([]);
    expect(samples).toBeGreaterThan(20);
    expect([...seen]).toEqual([Connecting, Connected, Reconnecting, Closed]);
    expect(events.map(({ from, to }) => `${from}>${to}`)).toEqual([
      'idle>connecting',
      'connecting>connected',
      'connected>reconnecting',
      'reconnecting>connected',
      'connected>closed',
    ]);
    expect(events[2]).toMatchObject({ connection: 'test:shared', role: 'shared' });
  });

  it('A13: reports connections that are made over and over, once', async () => {
    const log = new RecordingLog();
    const redis = openService({ url: proxy.url, reconnectMaxDelayMs: 60 }, { log });
    const reports: CyclingReport[] = [];
    redis.events.on('cycling', (report) => reports.push(report));
    for (let round = 0; round < 16; round++) {
      await redis.connect();
      proxy.cut();
      await waitFor(() => redis.getConnectionState() === Reconnecting);
    }
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ connection: 'test:shared' });
    expect(log.lines.filter((line) => line.includes('event=cycling'))).toHaveLength(1);
  }, 15_000);
});

async function slowestOf(call: () => Promise<unknown>, forMs: number): Promise<number> {
  const endsAt = performance.now() + forMs;
  let slowest = 0;
  while (performance.now() < endsAt) {
    const startedAt = performance.now();
    await call();
    slowest = Math.max(slowest, performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return slowest;
}

function knock(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
