import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import type { Job } from 'bullmq';
import { closeApplications, processorFor, QueueApplication, type QueueApplicationOptions, Seen } from './queue-application.js'; // prettier-ignore

const scripts = ['EVAL', 'EVALSHA'];

/** A door that jobs wait at. */
class Gate {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

describe('C2: workers in an outage', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let seen: Seen;

  beforeEach(async () => {
    server = await RedisServer.start({ persistence: true });
    proxy = await FaultProxy.start({ target: server });
    seen = new Seen();
  });
  afterEach(async () => {
    await closeApplications();
    await proxy.stop();
    await server.stop();
  });

  async function startWorker(
    worker: Parameters<typeof processorFor>[2] = {},
    more: Partial<QueueApplicationOptions> = {},
  ): Promise<QueueApplication> {
    const Processor = processorFor('q', seen, worker);
    const app = await QueueApplication.start({
      redis: { url: proxy.url, shutdownTimeoutMs: 1_500 },
      providers: [Processor],
      ...more,
    });
    const host = app.context.get(Processor);
    host.worker.on('completed', (job: Job) => seen.completed.push(job.id as string));
    host.worker.on('failed', (job: Job | undefined) => seen.failed.push(job?.id as string));
    return app;
  }

  /** Adds a job past the proxy. */
  async function addJob(app?: QueueApplication, opts = {}): Promise<string> {
    const adder = app ?? (await QueueApplication.start({ redis: { url: server.url } }));
    return (await adder.queue().add('n', {}, opts)).id as string;
  }

  it.each([
    [
      'killed and restarted',
      async (): Promise<void> => {
        await server.kill();
        await server.restart();
      },
    ],
    [
      'refused for a second',
      async (): Promise<void> => {
        await proxy.refuse();
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await proxy.accept();
      },
    ],
    ['cut', async (): Promise<void> => proxy.cut()],
  ])(
    'a job that is being processed while Redis is %s is reported once',
    async (_, outage) => {
      const gate = new Gate();
      seen.work = () => gate.opened;
      const app = await startWorker();
      const id = await addJob(app);
      await waitFor(() => seen.started.length === 1);
      await outage();
      gate.open();
      await waitFor(async () => (await server.command('ZSCORE', 'bull:q:completed', id)) !== null, {
        timeoutMs: 8_000,
      });
      await waitFor(() => seen.completed.length === 1);
      const next = await addJob(app);
      await waitFor(() => seen.completed.includes(next), { timeoutMs: 8_000 });
      expect(seen.started).toEqual([id, next]);
      expect(seen.completed).toEqual([id, next]);
      expect(seen.failed).toEqual([]);
    },
    30_000,
  );

  it('a job that ends in the outage is reported when Redis is back', async () => {
    const gate = new Gate();
    seen.work = () => gate.opened;
    const app = await startWorker();
    const id = await addJob(app);
    await waitFor(() => seen.started.length === 1);
    await proxy.refuse();
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
    gate.open();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(seen.completed).toEqual([]);
    const backAt = performance.now();
    await proxy.accept();
    await waitFor(() => seen.completed.length === 1, {
      message: () => JSON.stringify({ seen, lines: app.lines }),
    });
    expect(performance.now() - backAt).toBeLessThan(3_500);
    expect(seen.started).toEqual([id]);
  }, 20_000);

  it('a job outlasts an outage that is longer than its lock', async () => {
    const gate = new Gate();
    seen.work = () => gate.opened;
    const app = await startWorker({ lockDuration: 400, stalledInterval: 300 });
    const id = await addJob(app);
    await waitFor(() => seen.started.length === 1);
    await proxy.refuse();
    await waitFor(async () => (await server.command('EXISTS', `bull:q:${id}:lock`)) === 0);
    await proxy.accept();
    // Taken again, although nobody could renew it.
    await waitFor(async () => (await server.command('EXISTS', `bull:q:${id}:lock`)) === 1);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    gate.open();
    await waitFor(() => seen.completed.length === 1);
    expect(seen.started).toEqual([id]);
    expect(seen.failed).toEqual([]);
  }, 20_000);

  it('a job that ended while its lock ran out is reported all the same', async () => {
    const gate = new Gate();
    seen.work = () => gate.opened;
    const app = await startWorker({ lockDuration: 400, stalledInterval: 300 });
    const id = await addJob(app);
    await waitFor(() => seen.started.length === 1);
    await proxy.refuse();
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
    gate.open();
    await waitFor(async () => (await server.command('EXISTS', `bull:q:${id}:lock`)) === 0);
    await proxy.accept();
    await waitFor(() => seen.completed.length === 1);
    expect(seen.started).toEqual([id]);
    expect(await server.command('ZCARD', 'bull:q:completed')).toBe(1);
  }, 20_000);

  it.each([
    ['kept', {}],
    ['removed', { removeOnComplete: true }],
  ])(
    'a report whose answer was lost is not made twice, and the next job is not lost with it (jobs %s)',
    async (_, opts) => {
      let gate = new Gate();
      seen.work = () => gate.opened;
      const app = await startWorker({ drainDelay: 1 });
      const adder = await QueueApplication.start({ redis: { url: server.url } });
      const first = await addJob(adder, opts);
      await waitFor(() => seen.started.length === 1);
      // It fetches the second one with the report of the first.
      const second = await addJob(adder, opts);
      const third = await addJob(adder, opts);
      const cut = proxy.faults.cutAfter({ commands: scripts, nth: 1 });
      gate.open();
      gate = new Gate();
      gate.open();
      await waitFor(() => seen.completed.length === 3, { timeoutMs: 8_000 });
      expect(cut.hits).toBe(1);
      expect(seen.started).toEqual([first, second, third]);
      expect(seen.completed).toEqual([first, second, third]);
      expect(app.lines.filter((line) => line.includes('queue-error'))).toEqual([]);
    },
    20_000,
  );

  it('a failure, and one that is to be tried again, is reported once', async () => {
    const attempts: string[] = [];
    seen.work = async (job) => {
      attempts.push(job.id as string);
      throw new Error('no');
    };
    const adder = await QueueApplication.start({ redis: { url: server.url } });
    const delayed = await addJob(adder, { attempts: 3, backoff: 10 });
    const direct = await addJob(adder, { attempts: 2 });
    const cuts = [2, 4, 7, 11].map((nth) => proxy.faults.cutAfter({ commands: scripts, nth }));
    await startWorker({ drainDelay: 1 });
    await waitFor(async () => (await server.command('ZCARD', 'bull:q:failed')) === 2, { timeoutMs: 10_000 });
    await waitFor(() => seen.failed.length === 5);
    expect(cuts.some(({ hits }) => hits > 0)).toBe(true);
    expect(attempts.filter((id) => id === delayed)).toHaveLength(3);
    expect(attempts.filter((id) => id === direct)).toHaveLength(2);
  }, 20_000);

  it('goes on with new jobs within 2.5 s, whatever the worker waited for', async () => {
    const app = await startWorker();
    await addJob(app);
    await waitFor(() => seen.completed.length === 1);
    await proxy.refuse();
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
    await addJob(app);
    const backAt = performance.now();
    await proxy.accept();
    await waitFor(() => seen.completed.length === 2);
    expect(performance.now() - backAt).toBeLessThan(2_500);
  }, 20_000);

  it.each([
    ['a start without Redis', true],
    ['a frozen Redis', false],
  ])(
    'works after %s',
    async (_, without) => {
      if (without) await proxy.refuse();
      const app = await startWorker();
      if (!without) {
        await addJob(app);
        await waitFor(() => seen.completed.length === 1);
        await server.pause();
        await waitFor(() => app.redis.getConnections().every(({ state }) => state !== 'connected'), {
          timeoutMs: 9_000,
        });
        await server.resume();
      }
      const id = await addJob(app);
      if (without) await proxy.accept();
      await waitFor(() => seen.completed.includes(id), { timeoutMs: 8_000 });
    },
    30_000,
  );
});
