import { getFlowProducerToken, OnQueueEvent, OnWorkerEvent, Processor, QueueEventsHost, QueueEventsListener, WorkerHost } from '@nestjs/bullmq'; // prettier-ignore
import { RedisModule } from '@holdfast/redis';
import { RedisQueueModule } from '@holdfast/queue';
import { RedisServer, waitFor } from '@holdfast/testing';
import { Test } from '@nestjs/testing';
import type { FlowProducer, Job } from 'bullmq';
import { clientNames, closeApplications, processorFor, QueueApplication, Seen } from './queue-application.js';

describe('C2: queues on the shared connection', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  beforeEach(() => server.command('FLUSHALL'));
  afterEach(closeApplications);
  afterAll(() => server.stop());

  it('shares one connection among all producers', async () => {
    const app = await QueueApplication.start({
      redis: { url: server.url },
      queues: ['a', 'b', 'c'],
      flows: true,
    });
    for (const name of ['a', 'b', 'c']) await app.queue(name).add('n', {});
    expect(await clientNames(server)).toEqual(['test:shared']);
    expect(await server.command('LLEN', 'bull:a:wait')).toBe(1);
  });

  it('leaves the shared connection to the others when queues and flow producers are closed', async () => {
    const app = await QueueApplication.start({ redis: { url: server.url }, queues: ['a', 'b'], flows: true });
    const flows = app.context.get<FlowProducer>(getFlowProducerToken('flows'), { strict: false });
    await app.redis.connect();
    await flows.close();
    // What `@nestjs/bullmq` does with every flow producer at shutdown.
    await flows.disconnect();
    await app.queue('a').close();
    await app.queue('a').disconnect();
    expect(app.redis.getConnectionState()).toBe('connected');
    await app.queue('b').add('n', {});
    expect(app.outbox.jobs).toBe(0);
  });

  it('opens one connection for all workers, and one for each to wait on', async () => {
    const seen = new Seen();
    const app = await QueueApplication.start({
      redis: { url: server.url },
      queues: ['a', 'b'],
      providers: [processorFor('a', seen), processorFor('b', seen, { name: 'second' })],
    });
    await app.queue('a').add('n', { of: 'a' });
    await app.queue('b').add('n', { of: 'b' });
    await waitFor(() => seen.data.length === 2);
    const name = (queue: string): string => `bull:${Buffer.from(queue).toString('base64')}`;
    expect(await clientNames(server)).toEqual([
      name('a'),
      `${name('b')}:w:second`,
      'test:bull',
      'test:shared',
    ]);
    expect(await app.queue('a').getWorkers()).toHaveLength(1);
    expect(await app.queue('b').getWorkers()).toMatchObject([{ name: 'b' }]);
    expect(app.redis.getConnections().map(({ role }) => role)).toEqual(['shared', 'bull', 'bull', 'bull']);
  });

  it('has a connection of its own for producers where the shared one has a key prefix', async () => {
    const seen = new Seen();
    const app = await QueueApplication.start({
      redis: { url: server.url, keyPrefix: 'shop:' },
      providers: [processorFor('q', seen)],
    });
    await app.queue().add('n', {});
    await waitFor(() => seen.started.length === 1);
    expect(await clientNames(server)).toContain('test:queue');
    await waitFor(async () => (await server.command('ZCARD', 'shop:bull:q:completed')) === 1);
  });

  it('leaves decorators, events and listeners of @nestjs/bullmq as they are', async () => {
    const events: string[] = [];

    @Processor('q')
    class Worker extends WorkerHost {
      override async process(job: Job): Promise<string> {
        return `${job.name}!`;
      }
      @OnWorkerEvent('completed')
      completed(job: Job): void {
        events.push(`worker ${job.returnvalue as string}`);
      }
    }

    @QueueEventsListener('q')
    class Listener extends QueueEventsHost {
      @OnQueueEvent('completed')
      completed({ returnvalue }: { returnvalue: string }): void {
        events.push(`listener ${returnvalue}`);
      }
    }

    const app = await QueueApplication.start({ redis: { url: server.url }, providers: [Worker, Listener] });
    await waitFor(async () =>
      (await clientNames(server)).includes(`bull:${Buffer.from('q').toString('base64')}:qe`),
    );
    await waitFor(async () => /cmd=xread/.test(String(await server.command('CLIENT', 'LIST'))));
    await app.queue().add('hello', {});
    await waitFor(() => events.length === 2);
    expect(events.sort()).toEqual(['listener hello!', 'worker hello!']);
    expect(app.redis.getConnections()).toHaveLength(4);
    await app.close();
    await waitFor(async () => (await clientNames(server)).length === 0);
  });

  it('leaves retries, backoff, delays, priorities, schedulers and flows to BullMQ', async () => {
    const seen = new Seen();
    const attempts = new Map<string, number>();
    seen.work = async (job) => {
      attempts.set(job.name, (attempts.get(job.name) ?? 0) + 1);
      if (job.name === 'flaky' && job.attemptsMade < 2) throw new Error('not yet');
      if (job.name === 'hopeless') throw new Error('never');
      return job.name;
    };
    const app = await QueueApplication.start({
      redis: { url: server.url },
      flows: true,
      providers: [processorFor('q', seen)],
    });
    const queue = app.queue();
    const flaky = await queue.add('flaky', {}, { attempts: 3, backoff: { type: 'fixed', delay: 10 } });
    const hopeless = await queue.add('hopeless', {}, { attempts: 2 });
    await waitFor(
      async () => (await flaky.getState()) === 'completed' && (await hopeless.getState()) === 'failed',
    );
    expect(attempts.get('flaky')).toBe(3);
    expect(attempts.get('hopeless')).toBe(2);

    await queue.upsertJobScheduler('tick', { every: 50 }, { name: 'tick' });
    await waitFor(() => (attempts.get('tick') ?? 0) >= 3);
    await queue.removeJobScheduler('tick');

    const flows = app.context.get<FlowProducer>(getFlowProducerToken('flows'), { strict: false });
    const { job } = await flows.add({
      name: 'parent',
      queueName: 'q',
      children: [{ name: 'child-1', queueName: 'q' }, { name: 'child-2', queueName: 'q' }],
    }); // prettier-ignore
    await waitFor(async () => (await job.getState()) === 'completed');
    expect(Object.values(await job.getChildrenValues()).sort()).toEqual(['child-1', 'child-2']);

    const delayed = await queue.add('later', {}, { delay: 200 });
    await waitFor(async () => (await delayed.getState()) === 'completed');
    const { processedOn, timestamp } = (await queue.getJob(delayed.id as string)) as Job;
    expect((processedOn as number) - timestamp).toBeGreaterThanOrEqual(200);
  }, 15_000);

  it('keeps the order of priorities and the ids of the caller', async () => {
    const app = await QueueApplication.start({ redis: { url: server.url } });
    const queue = app.queue();
    await queue.addBulk(
      [3, 1, 2].map((priority) => ({ name: 'n', data: {}, opts: { priority, jobId: `p${priority}` } })),
    );
    expect((await queue.getPrioritized()).map(({ id }) => id)).toEqual(['p1', 'p2', 'p3']);
    expect((await queue.add('n', {}, { jobId: 'p1' })).id).toBe('p1');
    expect(await queue.getJobCountByTypes('prioritized')).toBe(3);
    await expect(queue.add('n', {}, { jobId: '0:1' })).rejects.toThrow('JobId');
  });

  it('takes its options from a factory, also those of single queues', async () => {
    const module = await Test.createTestingModule({
      imports: [
        RedisModule.forRoot({ url: server.url, appName: 'test' }),
        RedisQueueModule.forRootAsync({ useFactory: () => ({ prefix: 'mine', outbox: { maxJobs: 1 } }) }),
        RedisQueueModule.registerQueueAsync({
          name: 'async',
          useFactory: () => ({ defaultJobOptions: { attempts: 7 } }),
        }),
      ],
    }).compile();
    await module.init();
    const { getQueueToken } = await import('@nestjs/bullmq');
    const job = await module.get(getQueueToken('async'), { strict: false }).add('n', {});
    expect(job.opts.attempts).toBe(7);
    expect(await server.command('LLEN', 'mine:async:wait')).toBe(1);
    await module.close();
  });

  it('says what is missing or wrong at the start', async () => {
    const start = (...imports: Parameters<typeof Test.createTestingModule>[0]['imports'] & unknown[]) =>
      Test.createTestingModule({ imports: [RedisModule.forRoot({ url: server.url }), ...imports] }).compile();
    await expect(start(RedisQueueModule.registerQueue({ name: 'q' }))).rejects.toThrow(
      'RedisQueueModule.forRoot()',
    );
    await expect(start(RedisQueueModule.forRoot({ outbox: { maxJobs: -1 } }))).rejects.toThrow(
      'outbox.maxJobs = -1',
    );
    await expect(start(RedisQueueModule.forRoot({ outbox: { file: '/nowhere/jobs' } }))).rejects.toThrow(
      '/nowhere/jobs',
    );
  });
});
