import { type ConnectionSnapshot, RedisConnectionState, type RedisHealth } from '@holdfast/redis';
import { RedisProbe } from './redis-probe.js';

/** Redis as the probe sees it; its answers come when the test says so. */
class AskedRedis {
  state = RedisConnectionState.Connected;
  readonly pings: Array<(health: RedisHealth) => void> = [];
  readonly infos: Array<(info: Record<string, Record<string, string>>) => void> = [];

  getConnections(): readonly ConnectionSnapshot[] {
    return [{ name: 'app:shared', role: 'shared', state: this.state } as ConnectionSnapshot];
  }

  healthCheck(): Promise<RedisHealth> {
    return new Promise((resolve) => this.pings.push(resolve));
  }

  getInfo(): Promise<Record<string, Record<string, string>>> {
    return new Promise((resolve) => this.infos.push(resolve));
  }
}

describe('probe (C4)', () => {
  let redis: AskedRedis;
  let now: number;
  let probe: RedisProbe;
  const look = (details = false) => probe.look({ waitMs: 1, details });

  beforeEach(() => {
    redis = new AskedRedis();
    now = 0;
    probe = new RedisProbe(redis, () => now);
  });

  it('puts at most one PING and one INFO on a silent connection', async () => {
    await Promise.all([look(true), look(true), look()]);
    await look(true);
    expect([redis.pings.length, redis.infos.length]).toEqual([1, 1]);
  });

  it('measures the silence from the first PING that was not answered', async () => {
    await look();
    now = 400;
    await expect(look()).resolves.toMatchObject({ answer: { kind: 'late', silentMs: 400 } });
    redis.pings[0]?.({ healthy: false, latency: 5_000, error: 'not answered' });
    await new Promise(setImmediate);
    now = 5_100;
    await expect(look()).resolves.toMatchObject({ answer: { kind: 'late', silentMs: 5_100 } });
    expect(redis.pings).toHaveLength(2);
  });

  it('takes an answer that comes late for a sign of life', async () => {
    await look();
    redis.pings[0]?.({ healthy: true, latency: 200 });
    await new Promise(setImmediate);
    now = 10_000;
    await expect(look()).resolves.toMatchObject({
      answer: { kind: 'late', silentMs: 0 },
      latencyMs: 200,
      latencyAgeMs: 10_000,
    });
  });

  it('asks nothing while there is no connection, and forgets the silence of the old one', async () => {
    await look();
    redis.state = RedisConnectionState.Reconnecting;
    now = 900;
    await expect(look(true)).resolves.toMatchObject({ answer: { kind: 'not-connected' } });
    expect([redis.pings.length, redis.infos.length]).toEqual([1, 0]);
    redis.state = RedisConnectionState.Connected;
    now = 1_500;
    await expect(look()).resolves.toMatchObject({ answer: { kind: 'late', silentMs: 0 } });
  });

  it('tells an error of Redis as it is, until PING is answered', async () => {
    const looking = look();
    redis.pings[0]?.({ healthy: false, latency: 1, error: 'LOADING' });
    await expect(looking).resolves.toMatchObject({ answer: { kind: 'error', message: 'LOADING' } });
    const again = look();
    redis.pings[1]?.({ healthy: true, latency: 1 });
    await expect(again).resolves.toMatchObject({ answer: { kind: 'pong' }, latencyMs: 1 });
  });

  it('keeps what the server said last, with its age', async () => {
    const looking = look(true);
    redis.pings[0]?.({ healthy: true, latency: 1 });
    redis.infos[0]?.({ replication: { role: 'master' } });
    await expect(looking).resolves.toMatchObject({ server: { role: 'master' }, serverAgeMs: 0 });
    now = 3_000;
    await expect(look(true)).resolves.toMatchObject({ server: { role: 'master' }, serverAgeMs: 3_000 });
  });
});
