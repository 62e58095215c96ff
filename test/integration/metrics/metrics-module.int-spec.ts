import { channel } from 'node:diagnostics_channel';
import { type MetricsInstrument, RedisMetricsModule, type RedisMetricsOptions } from '@holdfast/metrics';
import { redisChannels, RedisModule, getRedisServiceToken, type RedisService } from '@holdfast/redis';
import { RedisServer } from '@holdfast/testing';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Counter, type OpenMetricsContentType, Registry } from 'prom-client';
import { MeasuredApplication } from './measured-application.js';
import { Samples } from './samples.js'; // prettier-ignore

jest.setTimeout(60_000);

const calls = 'db_client_operation_duration_seconds_count';

@Injectable()
class Options {
  createRedisMetricsOptions(): RedisMetricsOptions {
    return { prefix: 'shop_' };
  }
}

@Module({ providers: [Options], exports: [Options] })
class OptionsModule {}

describe('RedisMetricsModule (C10)', () => {
  let server: RedisServer;
  const open: Array<{ close(): Promise<unknown> }> = [];

  const start = async (...given: Parameters<typeof MeasuredApplication.with>) => {
    const app = await MeasuredApplication.with(given[0]);
    open.push(app);
    return app;
  };
  const redis = () => RedisModule.forRoot({ url: server.url });

  beforeAll(async () => {
    server = await RedisServer.start();
  });

  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  afterAll(() => server.stop());

  it('C10 serves /metrics with the type that Prometheus expects', async () => {
    const app = await start([redis(), RedisMetricsModule]);
    const { code, type, text } = await app.get();
    expect({ code, type }).toEqual({ code: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    expect(text).toMatch(/^# HELP /);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('C10 serves OpenMetrics when the registry does', async () => {
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const app = await start([redis(), RedisMetricsModule.forRoot({ registry })]);
    await app.redis.get('a');
    const { type, text } = await app.get();
    expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text).toMatch(/# TYPE holdfast_redis_commands_sent counter\nholdfast_redis_commands_sent_total\{/);
    expect(text).toMatch(/operation_duration_seconds_count\{.*db_operation_name="get".*\} 1\n/);
    expect(text.endsWith('# EOF\n')).toBe(true);
  }); // prettier-ignore

  it('C10 serves another path, or none', async () => {
    const elsewhere = await start([redis(), RedisMetricsModule.forRoot({ path: 'internal/prometheus' })]);
    expect(await elsewhere.get('/internal/prometheus')).toMatchObject({ code: 200 });
    expect(await elsewhere.get('/metrics')).toMatchObject({ code: 404 });
    const nowhere = await start([redis(), RedisMetricsModule.forRoot({ path: false })]);
    expect(await nowhere.get('/metrics')).toMatchObject({ code: 404 });
    expect(await nowhere.metrics.scrape()).toContain('holdfast_redis_up');
  });

  it.each([
    ['a factory', RedisMetricsModule.forRootAsync({ path: 'm', useFactory: () => ({ prefix: 'shop_' }) })],
    ['a class', RedisMetricsModule.forRootAsync({ path: 'm', useClass: Options })],
    [
      'what exists',
      RedisMetricsModule.forRootAsync({ path: 'm', imports: [OptionsModule], useExisting: Options }),
    ],
  ])('C10 takes options from %s', async (_, module) => {
    const app = await start([redis(), module]);
    const { code, text } = await app.get('/m');
    expect(code).toBe(200);
    expect(app.metrics.names.every((name) => name.startsWith('shop_'))).toBe(true);
    expect(text).toContain('shop_holdfast_redis_up{registration="default"}');
  });

  it('C10 uses a registry that is passed in, and leaves it as it was', async () => {
    const registry = new Registry();
    const own = new Counter({ name: 'own_total', help: 'Own.', registers: [registry] });
    own.inc(7);
    const app = await MeasuredApplication.with([redis(), RedisMetricsModule.forRoot({ registry, defaultMetrics: true })]);
    const { text } = await app.get();
    expect(text).toContain('own_total 7');
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('holdfast_redis_up');
    await app.close();
    expect(await registry.metrics()).toBe('# HELP own_total Own.\n# TYPE own_total counter\nown_total 7\n');
  }); // prettier-ignore

  it('C10 listens until the application has closed, and not longer', async () => {
    const app = await MeasuredApplication.with([redis(), RedisMetricsModule]);
    const { events } = app.redis;
    const { metrics } = app;
    expect(redisChannels.command.hasSubscribers).toBe(true);
    expect(events.eventNames()).toHaveLength(5);
    await app.close();
    expect(redisChannels.command.hasSubscribers).toBe(false);
    expect(events.eventNames()).toEqual([]);
    expect(metrics.names).toEqual([]);
    expect(await metrics.scrape()).toBe('\n');
  });

  it('C10 leaves nothing behind when the start fails', async () => {
    const registry = new Registry();
    registry.registerMetric(new Counter({ name: 'holdfast_redis_up', help: 'Taken.', registers: [] }));
    const module = await Test.createTestingModule({
      imports: [redis(), RedisMetricsModule.forRoot({ registry })],
    }).compile();
    open.push(module);
    await expect(module.createNestApplication({ logger: false }).init()).rejects.toThrow('holdfast_redis_up');
    expect(redisChannels.command.hasSubscribers).toBe(false);
    expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual(['holdfast_redis_up']);
  });

  it('C10 keeps two applications of the same name in one process apart', async () => {
    const [one, other] = [await start([redis(), RedisMetricsModule]), await start([redis(), RedisMetricsModule])];
    await Promise.all([one.redis.get('a'), one.redis.get('a'), other.redis.get('a')]);
    expect((await one.scrape()).sum(calls)).toBe(2);
    expect((await other.scrape()).sum(calls)).toBe(1);
  }); // prettier-ignore

  it('C10 keeps two modules in one application apart', async () => {
    const app = await start([
      redis(),
      RedisMetricsModule,
      RedisMetricsModule.forRoot({ path: 'coarse', maxOperations: 1, durationBuckets: [1] }),
    ]);
    await app.redis.get('a');
    await app.redis.exists('a');
    const fine = await app.scrape();
    const coarse = new Samples((await app.get('/coarse')).text);
    expect(fine.values(calls)).toEqual([1, 1]);
    expect(coarse.sum(calls, { db_operation_name: 'other' })).toBe(1);
    expect(coarse.values('db_client_operation_duration_seconds_bucket', { db_operation_name: 'get' })).toEqual([1, 1]);
  }); // prettier-ignore

  it('C10 shows several registrations, told apart by their label', async () => {
    const jobs = RedisModule.forRoot({ url: server.url, name: 'jobs' });
    const metrics = RedisMetricsModule.forRoot({ registrations: ['default', 'jobs'] });
    const app = await start([redis(), jobs, metrics]);
    await app.redis.get('a');
    const other = app.nest.get<RedisService>(getRedisServiceToken('jobs'));
    await Promise.all([other.get('a'), other.get('a')]);
    const samples = await app.scrape();
    expect(samples.values(calls, { registration: 'default' })).toEqual([1]);
    expect(samples.values(calls, { registration: 'jobs' })).toEqual([2]);
    expect(samples.values('holdfast_redis_up')).toHaveLength(2);
  });

  it('C10 does not start without the registration that it is to show, and says which', async () => {
    const metrics = RedisMetricsModule.forRoot({ registrations: ['jobs'] });
    const module = await Test.createTestingModule({ imports: [redis(), metrics] }).compile();
    open.push(module);
    const app = module.createNestApplication({ logger: false });
    await expect(app.init()).rejects.toThrow(`"jobs" to show: import RedisModule.forRoot({ name: 'jobs' })`);
  });

  it('C10 shows what other rooms publish on channels of their own', async () => {
    const cacheChannel = channel('test:cache:lookup');
    const cacheInstrument: MetricsInstrument = ({ series }) => {
      const labelNames = ['result'] as const;
      const lookups = series.counter({ name: 'cache_lookups_total', help: 'Look-ups.', labelNames });
      series.listen<{ result: string }>(cacheChannel, ({ result }) => lookups.inc({ result }));
    };
    const app = await start([redis(), RedisMetricsModule.forRoot({ instruments: [cacheInstrument] })]);
    cacheChannel.publish({ result: 'hit' });
    expect((await app.scrape()).sum('cache_lookups_total', { result: 'hit' })).toBe(1);
    await open.pop()?.close();
    expect(cacheChannel.hasSubscribers).toBe(false);
  });

  it.each(['applied', 'discarded'] as const)('C10 counts what became of a journal: %s', async (state) => {
    const app = await start([redis(), RedisMetricsModule]);
    app.redis.events.emit('journal', { state, entries: 5, overtaken: 2, refused: 1 });
    const samples = await app.scrape();
    const writes = (outcome: string) => samples.sum('holdfast_redis_journal_writes_total', { outcome });
    expect([writes(state), writes('overtaken'), writes('refused')]).toEqual([5, 2, 1]);
    expect(samples.sum('holdfast_redis_journal_writes_total')).toBe(8);
  });
});
