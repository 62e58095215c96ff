import { getFlowProducerToken } from '@nestjs/bullmq';
import { RedisUnavailableError } from '@holdfast/redis';
import { type JobEvent, queueChannels } from '@holdfast/queue';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import type { FlowProducer, Job } from 'bullmq';
import { closeApplications, processorFor, QueueApplication, type QueueApplicationOptions, Seen, waiting } from './queue-application.js'; // prettier-ignore

const failure = (call: Promise<unknown>): Promise<unknown> => call.then(() => undefined, (error: unknown) => error); // prettier-ignore

describe('C2: jobs added in an outage', () => {
  let server: RedisServer;
  let proxy: FaultProxy;

  beforeEach(async () => {
    server = await RedisServer.start({ persistence: true });
    proxy = await FaultProxy.start({ target: server });
  });
  afterEach(async () => {
    await closeApplications();
    await proxy.stop();
    await server.stop();
  });

  async function start(options: Omit<QueueApplicationOptions, 'redis'> = {}): Promise<QueueApplication> {
    const app = await QueueApplication.start({
      redis: { url: proxy.url, shutdownTimeoutMs: 1_000 },
      ...options,
    });
    await app.redis.connect();
    return app;
  }

  /** Adds a job and says how long the call took. */
  async function timedAdd(app: QueueApplication, name = 'n'): Promise<{ job: Job; tookMs: number }> {
    const startedAt = performance.now();
    const job = await app.queue().add(name, {});
    return { job, tookMs: performance.now() - startedAt };
  }

  it('refused: answers at once with the final id, and adds it when Redis is back', async () => {
    const app = await start();
    await proxy.refuse();
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
    const { job, tookMs } = await timedAdd(app);
    expect(tookMs).toBeLessThan(50);
    expect(job.id).toMatch(/^[\w-]{16}-\w+$/);
    expect(app.outbox.jobs).toBe(1);
    expect(app.outbox.bytes).toBeGreaterThan(100);
    const backAt = performance.now();
    await proxy.accept();
    await waitFor(async () => (await waiting(server)).length === 1);
    expect(performance.now() - backAt).toBeLessThan(2_500);
    expect(await waiting(server)).toEqual([job.id]);
    await waitFor(() => app.outbox.jobs === 0);
    expect(await job.getState()).toBe('waiting');
  });

  it.each([
    [
      'black hole',
      async () => void proxy.faults.blackHole({ afterwards: 'dead' }),
      async () => proxy.faults.clear(),
    ],
    ['frozen', () => server.pause(), () => server.resume()],
  ])(
    '%s: answers as soon as the connection is known to be dead, and at once from then on',
    async (_, begin, end) => {
      const app = await start();
      await begin();
      const first = await timedAdd(app);
      expect(first.tookMs).toBeLessThan(3_500);
      const second = await timedAdd(app);
      expect(second.tookMs).toBeLessThan(50);
      await end();
      await waitFor(async () => (await waiting(server)).length === 2, { timeoutMs: 6_000 });
      await waitFor(() => app.outbox.jobs === 0);
      expect(await waiting(server)).toEqual([first.job.id, second.job.id]);
    },
    20_000,
  );

  it('takes jobs of a start without Redis', async () => {
    await proxy.refuse();
    const app = await QueueApplication.start({ redis: { url: proxy.url } });
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
    const { job, tookMs } = await timedAdd(app);
    expect(tookMs).toBeLessThan(50);
    await proxy.accept();
    await waitFor(async () => (await waiting(server)).length === 1);
    expect(await waiting(server)).toEqual([job.id]);
    await waitFor(async () => (await server.command('HGET', 'bull:q:meta', 'version')) !== null);
  });

  it('brings 1,000 jobs in order, added before, during and after the outage', async () => {
    const seen = new Seen();
    const app = await start({ providers: [processorFor('q', seen, { removeOnComplete: { count: 0 } })] });
    const queue = app.queue();
    const ids: string[] = [];
    const add = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index++)
        ids.push((await queue.add('n', { n: ids.length })).id as string);
    };
    await add(100);
    await server.kill();
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
    await add(600);
    ids.push(...(await queue.addBulk(Array.from({ length: 200 }, (__, n) => ({ name: 'n', data: { n: 700 + n } })))).map(({ id }) => id as string)); // prettier-ignore
    expect(app.outbox.jobs).toBe(800);
    // Connected again, and the outbox not empty: these must not overtake.
    const adding = new Promise<void>((resolve) => {
      app.redis.getClient().once('ready', () => void add(100).then(resolve));
    });
    await server.restart();
    await adding;
    await waitFor(() => seen.started.length >= 1_000, { timeoutMs: 20_000 });
    await waitFor(() => app.outbox.jobs === 0);
    expect(seen.started).toEqual(ids);
    expect(seen.data.map((data) => (data as { n: number }).n)).toEqual(
      Array.from({ length: 1_000 }, (__, n) => n),
    );
    expect(await server.command('LLEN', 'bull:q:wait')).toBe(0);
  }, 40_000);

  it('counts a delay from the call, and keeps priorities', async () => {
    const app = await start();
    await proxy.refuse();
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
    const calledAt = Date.now();
    const delayed = await app.queue().add('n', {}, { delay: 60_000 });
    const past = await app.queue().add('n', {}, { delay: 1 });
    const low = await app.queue().add('n', {}, { priority: 9 });
    const high = await app.queue().add('n', {}, { priority: 1 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await proxy.accept();
    await waitFor(() => app.outbox.jobs === 0);
    const due = Number(await server.command('ZSCORE', 'bull:q:delayed', delayed.id as string)) / 4096;
    expect(due - calledAt).toBeGreaterThanOrEqual(60_000);
    expect(due - calledAt).toBeLessThan(60_200);
    expect(Number(await server.command('ZSCORE', 'bull:q:delayed', past.id as string)) / 4096).toBeLessThan(
      Date.now(),
    );
    expect((await app.queue().getPrioritized()).map(({ id }) => id)).toEqual([high.id, low.id]);
  });

  it('refuses at once what does not fit, by number and by bytes, and keeps what it has', async () => {
    const app = await start({ queue: { outbox: { maxJobs: 3, maxBytes: 4_000 } } });
    await proxy.refuse();
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
    const queue = app.queue();
    await queue.add('n', {});
    expect(await failure(queue.add('n', 'x'.repeat(5_000)))).toMatchObject({ code: 'REDIS_QUEUE_FULL' });
    // All of a bulk, or none.
    expect(
      await failure(queue.addBulk(Array.from({ length: 3 }, () => ({ name: 'n', data: {} })))),
    ).toBeInstanceOf(RedisUnavailableError);
    await queue.addBulk(Array.from({ length: 2 }, () => ({ name: 'n', data: {} })));
    const startedAt = performance.now();
    const error = await failure(queue.add('n', {}));
    expect(performance.now() - startedAt).toBeLessThan(50);
    expect(error).toMatchObject({ code: 'REDIS_QUEUE_FULL', outcome: 'not-sent', kind: 'OUTBOX_FULL' });
    expect((error as Error).message).toContain('outbox.maxJobs');
    expect(app.outbox.jobs).toBe(3);
    await proxy.accept();
    await waitFor(async () => (await waiting(server)).length === 3);
  });

  it('fails at once for schedulers, flows and children: they do not wait', async () => {
    const app = await start({ flows: true });
    await proxy.refuse();
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
    const flows = app.context.get<FlowProducer>(getFlowProducerToken('flows'), { strict: false });
    const startedAt = performance.now();
    const unavailable = { code: 'REDIS_UNAVAILABLE', outcome: 'not-sent' };
    expect(await failure(app.queue().upsertJobScheduler('s', { every: 1_000 }))).toMatchObject(unavailable);
    expect(await failure(flows.add({ name: 'p', queueName: 'q', children: [{ name: 'c', queueName: 'q' }] }))).toMatchObject(unavailable); // prettier-ignore
    expect(await failure(app.queue().add('c', {}, { parent: { id: 'p', queue: 'bull:q' } }))).toMatchObject(unavailable); // prettier-ignore
    expect(performance.now() - startedAt).toBeLessThan(100);
    await proxy.accept();
    await waitFor(() => app.redis.getConnectionState() === 'connected');
    expect(await server.command('KEYS', 'bull:q:*')).toEqual(['bull:q:meta']);
    await app.queue().upsertJobScheduler('s', { every: 1_000 });
    expect(await app.queue().getJobSchedulersCount()).toBe(1);
  });

  it('keeps jobs that a full or loading server refuses, and goes on by itself', async () => {
    const app = await start();
    const loading = proxy.faults.answerError('LOADING Redis is loading the dataset in memory', { commands: ['EVAL', 'EVALSHA'] }); // prettier-ignore
    const { job } = await timedAdd(app);
    const next = await timedAdd(app);
    expect(app.outbox.jobs).toBe(2);
    await waitFor(() => loading.hits > 2);
    loading.clear();
    await waitFor(async () => (await waiting(server)).length === 2);
    expect(await waiting(server)).toEqual([job.id, next.job.id]);
  });

  it('passes on what Redis says about a job itself', async () => {
    const app = await start();
    await server.command('SET', 'bull:q:wait', 'not a list');
    await expect(app.queue().add('n', {})).rejects.toThrow('WRONGTYPE');
    await expect(app.queue().add('n', {}, { parent: { id: 'none', queue: 'bull:q' } })).rejects.toThrow('Missing key for parent'); // prettier-ignore
    expect(app.outbox.jobs).toBe(0);
  });

  it('tells observers what became of jobs, and never what is in them', async () => {
    const events: JobEvent[] = [];
    const listen = (message: unknown): void => void events.push(message as JobEvent);
    queueChannels.job.subscribe(listen);
    const seen = new Seen();
    seen.work = async (job) => {
      if (job.name === 'bad') throw new Error('secret');
    };
    try {
      const app = await start({ providers: [processorFor('q', seen)], queue: { outbox: { maxJobs: 1 } } });
      await app.queue().add('n', { secret: 1 });
      await waitFor(() => events.length === 2);
      await proxy.refuse();
      await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
      await app.queue().add('bad', {});
      await failure(app.queue().add('n', {}));
      await proxy.accept();
      await waitFor(() => events.some(({ event }) => event === 'failed'));
    } finally {
      queueChannels.job.unsubscribe(listen);
    }
    expect(events.map(({ event }) => event)).toEqual([
      'added',
      'completed',
      'buffered',
      'refused',
      'sent',
      'failed',
    ]);
    expect(events[2]).toMatchObject({ queue: 'q', jobs: 1, outboxJobs: 1 });
    expect(events[4]).toMatchObject({ outboxJobs: 0, outboxBytes: 0 });
    expect(JSON.stringify(events)).not.toContain('secret');
  });

  it('logs one line when jobs begin to wait and one when all are sent', async () => {
    const app = await start();
    await proxy.refuse();
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
    for (let n = 0; n < 50; n++) await app.queue().add('n', {});
    await proxy.accept();
    await waitFor(() => app.outbox.jobs === 0);
    await waitFor(() => app.lines.some((line) => line.includes('outbox-empty')));
    expect(app.lines.filter((line) => line.includes('event=outbox'))).toEqual([
      expect.stringContaining('event=outbox-waiting reason='),
      'event=outbox-empty sent=50',
    ]);
  });
});
