import { channel } from 'node:diagnostics_channel';
import { Registry } from 'prom-client';
import { SeriesSet } from '../series/series-set.js';
import { cacheInstrument } from './cache-instrument.js';
import { queueInstrument } from './queue-instrument.js';
import { throttlerInstrument } from './throttler-instrument.js';

const cache = channel('holdfast:cache:operation');
const queue = channel('holdfast:queue:job');
const throttler = channel('holdfast:throttler:hit');

const operation = { cache: 'c', operation: 'get', result: 'hit', source: 'redis', durationMs: 20 };
const job = { queue: 'mails', event: 'added', jobs: 3, outboxJobs: 0, outboxBytes: 0 };
const hit = { throttler: 'default', result: 'allowed', source: 'redis', durationMs: 5 };

describe('instruments of rooms that may not be installed (C10)', () => {
  let registry: Registry;
  let series: SeriesSet;

  /** Samples without those of buckets. */
  const samples = async () => {
    const lines = (await registry.metrics()).split('\n');
    return lines.filter((line) => line !== '' && !line.startsWith('#') && !line.includes('_bucket'));
  };
  const namesOf = async (label: string) => {
    const text = await registry.metrics();
    return new Set([...text.matchAll(new RegExp(`${label}="([^"]*)"`, 'g'))].map(([, name]) => name));
  };

  beforeEach(() => {
    registry = new Registry();
    series = new SeriesSet(registry, '');
    for (const instrument of [cacheInstrument, queueInstrument, throttlerInstrument]) {
      instrument({ series, services: [], durationBuckets: [0.01, 0.1] });
    }
  });

  afterEach(() => series.close());

  it('count and time the operations of caches', async () => {
    const { source: _, ...without } = operation;
    cache.publish(operation);
    cache.publish({ ...operation, durationMs: 30 });
    cache.publish({ ...without, result: 'miss' });
    const name = 'holdfast_cache_operation_duration_seconds';
    const got = 'operation="get",result="hit",source="redis"';
    expect(await registry.metrics()).toContain(`${name}_bucket{le="0.01",${got}} 0\n`);
    expect(await registry.metrics()).toContain(`${name}_bucket{le="0.1",${got}} 2\n`);
    expect(await samples()).toEqual(
      expect.arrayContaining([
        `${name}_sum{${got}} 0.05`,
        `${name}_count{${got}} 2`,
        `${name}_count{operation="get",result="miss",source=""} 1`,
      ]),
    );
  });

  it('count jobs, and show the outbox as it was last', async () => {
    queue.publish(job);
    queue.publish({ ...job, event: 'buffered', jobs: 2, outboxJobs: 2, outboxBytes: 300 });
    queue.publish({ ...job, event: 'sent', jobs: 1, outboxJobs: 1, outboxBytes: 140 });
    queue.publish(job);
    queue.publish({ ...job, event: 'sent', jobs: 1, outboxJobs: 1, outboxBytes: 140 });
    expect(await samples()).toEqual([
      'holdfast_queue_jobs_total{queue="mails",event="added"} 6',
      'holdfast_queue_jobs_total{queue="mails",event="buffered"} 2',
      'holdfast_queue_jobs_total{queue="mails",event="sent"} 2',
      'holdfast_queue_outbox_jobs 1',
      'holdfast_queue_outbox_bytes 140',
    ]);
  });

  it('count and time the hits of throttlers', async () => {
    throttler.publish(hit);
    throttler.publish({ ...hit, result: 'blocked', source: 'memory', reason: 'ECONNREFUSED' });
    const name = 'holdfast_throttler_hit_duration_seconds';
    expect(await samples()).toEqual(
      expect.arrayContaining([
        `${name}_sum{throttler="default",result="allowed",source="redis"} 0.005`,
        `${name}_count{throttler="default",result="allowed",source="redis"} 1`,
        `${name}_count{throttler="default",result="blocked",source="memory"} 1`,
      ]),
    );
  });

  it('keep the names of queues and throttlers few, and lose no count', async () => {
    for (let i = 0; i < 500; i++) {
      queue.publish({ ...job, queue: `queue-${i}`, jobs: 1 });
      throttler.publish({ ...hit, throttler: `throttler-${i}` });
    }
    expect((await namesOf('queue')).size).toBe(101);
    expect((await namesOf('throttler')).size).toBe(21);
    expect(await samples()).toEqual(
      expect.arrayContaining([
        'holdfast_queue_jobs_total{queue="other",event="added"} 400',
        'holdfast_throttler_hit_duration_seconds_count{throttler="other",result="allowed",source="redis"} 480',
      ]),
    );
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'hit'],
    ['no fields', {}],
    [
      'no name',
      { ...operation, ...job, ...hit, operation: undefined, queue: undefined, throttler: undefined },
    ],
    ['a source that is none', { ...operation, ...job, ...hit, source: 1, event: 1 }],
    ['not numbers', { ...operation, ...job, ...hit, durationMs: '5', jobs: Number.NaN }],
    ['amounts below zero', { ...operation, ...job, ...hit, durationMs: -1, jobs: -1 }],
    ['an outbox without end', { ...job, outboxJobs: Infinity }],
  ])('pass over what another version might publish: %s', async (_, message) => {
    const before = await samples();
    for (const room of [cache, queue, throttler]) room.publish(message);
    // What a listener throws ends the process on the next tick.
    await new Promise(setImmediate);
    expect(await samples()).toEqual(before);
  });

  it('stop to listen at the end', () => {
    const channels = [cache, queue, throttler];
    expect(channels.map(({ hasSubscribers }) => hasSubscribers)).toEqual([true, true, true]);
    series.close();
    expect(channels.map(({ hasSubscribers }) => hasSubscribers)).toEqual([false, false, false]);
  });
});
