import {
  cacheChannels,
  type CacheOperationEvent,
  createRedisCache,
  type RedisCacheService,
} from '@holdfast/cache';
import { type ObservedCacheOperation, type ObservedJobEvent, type ObservedThrottlerHit, RedisMetricsModule } from '@holdfast/metrics'; // prettier-ignore
import { type JobEvent, queueChannels, RedisQueueModule } from '@holdfast/queue';
import { RedisModule } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor as waitForSoon } from '@holdfast/testing';
import { RedisThrottlerStorage, throttlerChannels, type ThrottlerHitEvent } from '@holdfast/throttler';
import { getQueueToken } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { processorFor, Seen } from '../queue/queue-application.js';
import { MeasuredApplication } from './measured-application.js';
import { roomSeries } from './room-series.js';
import type { Samples } from './samples.js';

jest.setTimeout(60_000);

const waitFor: typeof waitForSoon = (condition) => waitForSoon(condition, { timeoutMs: 20_000 });
const silent = { log: () => undefined, warn: () => undefined };

// What the rooms publish is what the instruments read: this compiles only while it is.
const fits: {
  cache: (event: CacheOperationEvent) => ObservedCacheOperation;
  queue: (event: JobEvent) => ObservedJobEvent;
  throttler: (event: ThrottlerHitEvent) => ObservedThrottlerHit;
} = { cache: (event) => event, queue: (event) => event, throttler: (event) => event };

const operations = 'holdfast_cache_operation_duration_seconds';
const jobs = 'holdfast_queue_jobs_total';
const hits = 'holdfast_throttler_hit_duration_seconds';

describe('metrics of cache, queue and throttler (C10)', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let app: MeasuredApplication;
  let cache: RedisCacheService;
  let throttler: RedisThrottlerStorage;
  let queue: Queue;
  const seen = new Seen();
  /** The greatest sum of each series that any scrape saw. */
  const most = new Map<string, number>();

  const scrape = async (): Promise<Samples> => {
    const samples = await app.scrape();
    for (const name of roomSeries) {
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
  const hit = (limit: number) => throttler.increment('secret-visitor', 60_000, limit, 0, 'login');

  beforeAll(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
    seen.work = async ({ name }) => {
      if (name === 'secret-broken') throw new Error('secret-reason');
    };

    @Module({
      imports: [RedisQueueModule.registerQueue({ name: 'mails' })],
      providers: [processorFor('mails', seen)],
    })
    class MailsModule {}

    app = await MeasuredApplication.with([
      RedisModule.forRoot({ url: proxy.url, appName: 'shop', shutdownTimeoutMs: 1_000 }),
      RedisQueueModule.forRoot({}),
      MailsModule,
      RedisMetricsModule,
    ]);
    await app.redis.connect();
    cache = createRedisCache(app.redis).service;
    throttler = new RedisThrottlerStorage(app.redis, { log: silent, whenDown: 'allow' });
    queue = app.nest.get<Queue>(getQueueToken('mails'), { strict: false });
  });

  afterAll(async () => {
    await app.close();
    await proxy.stop();
    await server.stop();
  });

  it('C10 shows nothing of them before they do something', async () => {
    const samples = await scrape();
    expect(samples.declared).toEqual(expect.arrayContaining([...roomSeries]));
    expect([operations, hits].flatMap((name) => samples.values(`${name}_count`))).toEqual([]);
    expect(samples.values(jobs)).toEqual([]);
  });

  it('C10 shows operations of a cache by result and source', async () => {
    expect(await cache.get('secret-key')).toBeUndefined();
    await cache.set('secret-key', 'secret-value');
    for (let i = 0; i < 3; i++) expect(await cache.get('secret-key')).toBe('secret-value');
    const made = await cache.getOrSet('secret-other', async () => 'secret-made');
    expect(made).toBe('secret-made');
    await expect(cache.getOrSet('secret-third', () => Promise.reject(new Error('no')))).rejects.toThrow();
    await cache.delete('secret-key');

    const samples = await scrape();
    const count = (labels: Record<string, string>) => samples.sum(`${operations}_count`, labels);
    expect(count({ operation: 'get', result: 'miss', source: '' })).toBe(1);
    expect(count({ operation: 'get', result: 'hit' })).toBe(3);
    expect(samples.values(`${operations}_count`, { result: 'hit', source: '' })).toEqual([]);
    expect(count({ operation: 'getOrSet', result: 'factory', source: 'factory' })).toBe(1);
    expect(count({ operation: 'getOrSet', result: 'error', source: '' })).toBe(1);
    expect(count({ operation: 'set', result: 'done', source: '' })).toBe(1);
    expect(count({ operation: 'delete', result: 'done', source: '' })).toBe(1);
    expect(count({})).toBe(8);
    const took = samples.sum(`${operations}_sum`) ?? 0;
    expect(took).toBeGreaterThan(0.000_1);
    expect(took).toBeLessThan(10);
  });

  it('C10 shows hits of a throttler by result and source', async () => {
    for (let i = 0; i < 3; i++) await hit(2);
    const samples = await scrape();
    const login = { throttler: 'login', source: 'redis' };
    expect(samples.sum(`${hits}_count`, { ...login, result: 'allowed' })).toBe(2);
    expect(samples.sum(`${hits}_count`, { ...login, result: 'blocked' })).toBe(1);
    expect(samples.sum(`${hits}_bucket`, { ...login, le: '+Inf' })).toBe(3);
    const took = samples.sum(`${hits}_sum`, login) ?? 0;
    expect(took).toBeGreaterThan(0.000_1);
    expect(took).toBeLessThan(10);
  });

  it('C10 shows jobs by queue and event', async () => {
    await queue.add('secret-job', { to: 'secret-address' });
    await queue.addBulk([{ name: 'secret-job', data: {} }, { name: 'secret-broken', data: {} }]); // prettier-ignore
    await becomes(jobs, { queue: 'mails', event: 'completed' }, 2);
    const samples = await becomes(jobs, { queue: 'mails', event: 'failed' }, 1);
    expect(samples.sum(jobs, { queue: 'mails', event: 'added' })).toBe(3);
    expect(samples.sum(jobs)).toBe(6);
    expect(samples.values('holdfast_queue_outbox_jobs')).toEqual([0]);
    expect(samples.values('holdfast_queue_outbox_bytes')).toEqual([0]);
  });

  it('C10 shows what waits in an outage, who answers, and the recovery', async () => {
    await proxy.refuse();
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
    await queue.addBulk([{ name: 'secret-job', data: {} }, { name: 'secret-job', data: {} }]); // prettier-ignore
    expect((await hit(2)).isBlocked).toBe(false);
    const down = await scrape();
    expect(down.sum(jobs, { queue: 'mails', event: 'buffered' })).toBe(2);
    expect(down.sum('holdfast_queue_outbox_jobs')).toBe(2);
    expect(down.sum('holdfast_queue_outbox_bytes')).toBeGreaterThan(100);
    expect(down.sum(`${hits}_count`, { throttler: 'login', source: 'allow', result: 'allowed' })).toBe(1);

    await proxy.accept();
    await becomes(jobs, { queue: 'mails', event: 'sent' }, 2);
    const up = await becomes(jobs, { queue: 'mails', event: 'completed' }, 4);
    expect(up.sum('holdfast_queue_outbox_jobs')).toBe(0);
    expect(up.sum('holdfast_queue_outbox_bytes')).toBe(0);
  });

  it('C10 has written every series of a room, each above zero at some time, and no key', async () => {
    const samples = await scrape();
    expect(roomSeries.filter((name) => !((most.get(name) ?? 0) > 0))).toEqual([]);
    expect(samples.empty.filter((name) => (roomSeries as readonly string[]).includes(name))).toEqual([]);
    expect(samples.undeclared).toEqual([]);
    expect(samples.text).not.toContain('secret');
  });

  it('C10 reads what the rooms publish, and stops with the application', async () => {
    const channels = [cacheChannels.operation, queueChannels.job, throttlerChannels.hit];
    expect(Object.keys(fits)).toHaveLength(channels.length);
    expect(channels.map(({ hasSubscribers }) => hasSubscribers)).toEqual([true, true, true]);
    await app.close();
    expect(channels.map(({ hasSubscribers }) => hasSubscribers)).toEqual([false, false, false]);
  });
});
