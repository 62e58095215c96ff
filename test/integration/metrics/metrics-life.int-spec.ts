import { once } from 'node:events';
import { FaultProxy, RedisServer, waitFor as waitForSoon } from '@holdfast/testing';
import { MeasuredApplication } from './measured-application.js';
import { roomSeries } from './room-series.js';
import type { Samples } from './samples.js';

jest.setTimeout(90_000);

const waitFor: typeof waitForSoon = (condition) => waitForSoon(condition, { timeoutMs: 20_000 });

/** Every series, and what it must have been above at some time in a life with everything in it. */
const series = [
  'db_client_connection_count', 'db_client_connection_pending_requests', 'db_client_connection_pending_bytes',
  'holdfast_redis_connection_attempts_total', 'holdfast_redis_connection_reconnects_total',
  'holdfast_redis_commands_sent_total', 'holdfast_redis_error_replies_total',
  'db_client_operation_duration_seconds',
  'holdfast_redis_breaker_state', 'holdfast_redis_breaker_transitions_total', 'holdfast_redis_breaker_calls_total',
  'holdfast_redis_fallback_active', 'holdfast_redis_fallback_items', 'holdfast_redis_fallback_bytes',
  'holdfast_redis_journal_entries', 'holdfast_redis_journal_bytes', 'holdfast_redis_fallback_answers_total',
  'holdfast_redis_journal_writes_total',
  'holdfast_redis_up', 'holdfast_redis_health_check_success', 'holdfast_redis_cycling_reports_total',
  'holdfast_redis_server_changes_total',
]; // prettier-ignore

const calls = 'db_client_operation_duration_seconds_count';

describe('metrics over the life of an application (C10)', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let app: MeasuredApplication;
  /** The greatest sum of each series that any scrape saw. */
  const most = new Map<string, number>();

  const scrape = async (): Promise<Samples> => {
    const samples = await app.scrape();
    expect(samples.undeclared).toEqual([]);
    for (const name of samples.declared) {
      const value = samples.sum(name) ?? samples.sum(`${name}_count`) ?? 0;
      most.set(name, Math.max(most.get(name) ?? 0, value));
    }
    return samples;
  };
  const becomes = (name: string, labels: Record<string, string>, value: number) =>
    waitFor(async () => {
      const samples = await scrape();
      return samples.sum(name, labels) === value && samples;
    });

  beforeAll(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
    app = await MeasuredApplication.start({
      url: proxy.url,
      appName: 'shop',
      commandTimeoutMs: 300,
      heartbeatIntervalMs: 200,
      heartbeatTimeoutMs: 2_000,
      breakerMinCalls: 4,
      breakerWindowMs: 2_000,
      healthCheckIntervalMs: 50,
    });
    await app.redis.connect();
  });

  afterAll(async () => {
    await app.close();
    await proxy.stop();
    await server.stop();
  });

  it('C10 shows connections, calls and latencies of an ordinary day', async () => {
    await app.redis.set('secret-key', 'secret-value');
    for (let i = 0; i < 5; i++) await app.redis.get('secret-key');
    await app.redis.guard('list-posts', (client) => client.zrevrange('posts', 0, 9));
    await expect(app.redis.incr('secret-key')).rejects.toThrow();
    const samples = await becomes('holdfast_redis_health_check_success', { registration: 'default' }, 1);

    const ours = { db_system_name: 'redis', registration: 'default' };
    expect(samples.values('db_client_connection_count', { ...ours, role: 'shared' })).toHaveLength(6);
    expect(samples.values('db_client_connection_count', { role: 'shared', state: 'connected' })).toEqual([1]);
    const got = { ...ours, db_operation_name: 'get', result: 'success', error_type: '', outcome: '' };
    expect(samples.values(calls, got)).toEqual([5]);
    expect(samples.sum('db_client_operation_duration_seconds_bucket', { ...got, le: '5' })).toBe(5);
    expect(samples.sum('db_client_operation_duration_seconds_sum', got)).toBeGreaterThan(0);
    expect(samples.sum('db_client_operation_duration_seconds_sum', got)).toBeLessThan(1);
    expect(samples.sum(calls, { db_operation_name: 'list-posts', result: 'success' })).toBe(1);
    const failed = { db_operation_name: 'incr', result: 'error', outcome: 'rejected' };
    expect(samples.sum(calls, { ...failed, error_type: 'ERR' })).toBe(1);
    expect(samples.sum('holdfast_redis_error_replies_total', { role: 'shared' })).toBe(1);
    expect(samples.sum('holdfast_redis_commands_sent_total', { role: 'shared' })).toBeGreaterThanOrEqual(8);
    const counted = { db_operation_name: 'get', result: 'success' };
    expect(samples.sum('holdfast_redis_breaker_calls_total', counted)).toBe(5);
    expect(samples.sum('holdfast_redis_fallback_items')).toBe(1);
    expect(samples.sum('holdfast_redis_fallback_active')).toBe(0);
    expect(samples.sum('holdfast_redis_up')).toBe(1);
    expect(samples.text).not.toContain('secret');
  });

  it('C10 keeps counting what connections did that are closed', async () => {
    const before = await scrape();
    for (let i = 0; i < 20; i++) {
      const client = app.redis.duplicate();
      await client.ping();
      await client.quit();
    }
    const returning = app.redis.duplicate();
    await returning.ping();
    const ended = once(returning, 'end');
    returning.disconnect();
    await ended;
    await returning.connect();
    await returning.quit();
    await becomes('holdfast_redis_cycling_reports_total', {}, 1);
    const after = await becomes('db_client_connection_count', { role: 'duplicate' }, 0);
    expect(before.sum('holdfast_redis_commands_sent_total', { role: 'duplicate' })).toBeUndefined();
    expect(after.sum('holdfast_redis_commands_sent_total', { role: 'duplicate' })).toBeGreaterThanOrEqual(40);
    expect(after.sum('holdfast_redis_connection_attempts_total', { role: 'duplicate' })).toBe(22);
    expect((await app.redis.getStats()).connectionAttempts).toBe(23);
  });

  it('C10 shows time-outs and the breaker that opens, and closes', async () => {
    const hole = proxy.faults.blackHole();
    const lost = Array.from({ length: 20 }, () => app.redis.strict.get('secret-key'));
    expect((await Promise.allSettled(lost)).map(({ status }) => status)).not.toContain('fulfilled');
    const open = await becomes('holdfast_redis_breaker_state', { state: 'open' }, 1);
    expect(open.sum('holdfast_redis_breaker_state')).toBe(1);
    expect(open.sum('holdfast_redis_up')).toBe(0);
    expect(open.sum(calls, { db_operation_name: 'get', result: 'timeout', outcome: 'unknown' })).toBe(20);
    expect(open.sum('holdfast_redis_breaker_calls_total', { result: 'timeout' })).toBe(20);

    await expect(app.redis.strict.get('secret-key')).rejects.toThrow();
    const rejected = { db_operation_name: 'get', result: 'reject', outcome: 'not-sent' };
    const refusing = await scrape();
    expect(refusing.sum(calls, rejected)).toBe(1);
    expect(refusing.sum('holdfast_redis_breaker_calls_total', { result: 'reject' })).toBe(1);
    hole.clear();

    const closed = await becomes('holdfast_redis_breaker_state', { state: 'closed' }, 1);
    const opened = { state: 'open' };
    expect(closed.sum('holdfast_redis_breaker_transitions_total', opened)).toBeGreaterThanOrEqual(1);
    expect(closed.sum('holdfast_redis_breaker_transitions_total', { state: 'closed' })).toBe(1);
  });

  it('C10 shows memory that stands in, the journal, and what waits', async () => {
    await proxy.refuse();
    await becomes('db_client_connection_count', { role: 'shared', state: 'reconnecting' }, 1);
    await waitFor(async () => !(await app.redis.isHealthy()));
    await app.redis.set('secret-key', 'new');
    await app.redis.set('secret-other', 'new');
    await app.redis.get('secret-key');
    const waiting = app.redis.getClient().ping();
    const samples = await scrape();
    await expect(waiting).rejects.toThrow();

    expect(samples.sum('holdfast_redis_fallback_active')).toBe(1);
    expect(samples.sum('holdfast_redis_journal_entries')).toBe(2);
    expect(samples.sum('holdfast_redis_journal_bytes')).toBeGreaterThan(2);
    expect(samples.sum('holdfast_redis_fallback_answers_total', { db_operation_name: 'set' })).toBe(2);
    expect(samples.sum(calls, { db_operation_name: 'set', result: 'fallback' })).toBe(2);
    expect(samples.sum('db_client_connection_pending_requests', { role: 'shared' })).toBe(1);
    expect(samples.sum('db_client_connection_pending_bytes', { role: 'shared' })).toBeGreaterThan(0);
    expect(samples.sum('holdfast_redis_up')).toBe(0);
    await becomes('holdfast_redis_health_check_success', {}, 0);
  });

  it('C10 shows the journal applied and overtaken, another server, and calm afterwards', async () => {
    // Another process wrote the second key later than this one.
    await server.command('SET', 'holdfast:journal:{secret-other}:secret-other', String(2 ** 52));
    await server.restart();
    await proxy.accept();
    const samples = await becomes('holdfast_redis_fallback_active', {}, 0);
    expect(samples.sum('holdfast_redis_journal_writes_total')).toBe(2);
    expect(samples.sum('holdfast_redis_journal_entries')).toBe(0);
    expect(samples.sum('holdfast_redis_journal_bytes')).toBe(0);
    expect(samples.sum('holdfast_redis_connection_reconnects_total', { role: 'shared' })).toBeGreaterThan(0);
    await becomes('holdfast_redis_server_changes_total', {}, 1);
    await becomes('holdfast_redis_up', {}, 1);
  });

  it('C10 has written every series, each above zero at some time, and registers no other', async () => {
    const samples = await scrape();
    // This application has no other rooms. Theirs are written in rooms.int-spec.ts.
    const registered = [...series, ...roomSeries];
    expect(samples.declared.toSorted()).toEqual(registered.toSorted());
    expect(app.metrics.names.toSorted()).toEqual(registered.toSorted());
    expect(samples.empty.filter((name) => series.includes(name))).toEqual([]);
    expect(samples.all.filter(({ name, value }) => /^holdfast_(?!redis_)/.test(name) && value !== 0)).toEqual(
      [],
    );
    expect(series.filter((name) => !((most.get(name) ?? 0) > 0))).toEqual([]);
    expect(samples.all.filter(({ value }) => !Number.isFinite(value) || value < 0)).toEqual([]);
    expect(samples.text).not.toContain('secret');
  });
});
