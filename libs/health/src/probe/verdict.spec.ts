import { type ConnectionSnapshot, RedisConnectionState } from '@holdfast/redis';
import type { Sighting } from './redis-probe.js';
import { judge } from './verdict.js';

const connection = (changes: Partial<ConnectionSnapshot> = {}): ConnectionSnapshot => ({
  name: 'app:shared',
  role: 'shared',
  state: RedisConnectionState.Connected,
  host: 'redis.example',
  port: 6379,
  db: 0,
  connectionAttempts: 1,
  reconnects: 0,
  commandsSent: 0,
  commandsFailed: 0,
  waitingCommands: 0,
  waitingBytes: 0,
  ...changes,
});

const seen = (answer: Sighting['answer'], changes: Partial<Sighting> = {}): Sighting => {
  const shared = changes.shared ?? connection();
  return { shared, connections: [shared], answer, ...changes };
};

const rules = { timeoutMs: 1_000, whenDown: 'down' } as const;

describe('verdict (C4)', () => {
  it('is up when Redis answers', () => {
    expect(judge(seen({ kind: 'pong' }), rules)).toEqual({ status: 'up' });
  });

  it.each([
    [2, 31, 'degraded'],
    [200, 31, 'up'],
    [200, 401, 'degraded'],
    [200, 999, 'degraded'],
    [200, 1_000, 'down'],
    [900, 1_000, 'down'],
    [undefined, 31, 'degraded'],
    [undefined, 1_000, 'down'],
  ])('after a last answer that took %p ms and %d ms of silence it is %s', (latencyMs, silentMs, status) => {
    const known = latencyMs === undefined ? {} : { latencyMs, latencyAgeMs: 10_000 };
    expect(judge(seen({ kind: 'late', silentMs }, known), rules).status).toBe(status);
  });

  it('says what is wrong with a connection and what to do, and nothing of what the error said', () => {
    const lastError = Object.assign(new Error('connect to secret-password'), { code: 'ECONNREFUSED' });
    const shared = connection({ state: RedisConnectionState.Reconnecting, lastError });
    const { status, message } = judge(seen({ kind: 'not-connected' }, { shared }), rules);
    expect(status).toBe('down');
    expect(message).toContain('app:shared (redis.example:6379) is reconnecting (ECONNREFUSED)');
    expect(message).toContain('Start Redis');
    expect(message).not.toContain('secret');
  });

  it.each([
    { kind: 'not-connected' },
    { kind: 'error', message: 'LOADING' },
    { kind: 'late', silentMs: 1_000 },
  ] as const)('is degraded where the application works without Redis: $kind', (answer) => {
    expect(judge(seen(answer), { ...rules, whenDown: 'degraded' })).toEqual({
      status: 'degraded',
      message: expect.stringContaining('works without it'),
    });
  });

  it.each([
    [RedisConnectionState.Reconnecting, 'degraded'],
    [RedisConnectionState.Disconnected, 'degraded'],
    [RedisConnectionState.Connecting, 'up'],
    [RedisConnectionState.Idle, 'up'],
  ])('with another connection that is %s it is %s', (state, status) => {
    const shared = connection();
    const other = connection({ name: 'app:bull', role: 'bull', state });
    expect(judge(seen({ kind: 'pong' }, { shared, connections: [shared, other] }), rules).status).toBe(
      status,
    );
  });
});
