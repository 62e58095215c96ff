import { RedisUnavailableError } from '@holdfast/redis';
import { OnQueueEvent, QueueEventsHost, QueueEventsListener } from '@nestjs/bullmq';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientNames, closeApplications, processorFor, QueueApplication, type QueueApplicationOptions, Seen, waiting } from './queue-application.js'; // prettier-ignore

describe('C2, A10: queues at shutdown', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let folder: string;
  let file: string;

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
    folder = mkdtempSync(join(tmpdir(), 'holdfast-queue-'));
    file = join(folder, 'outbox.jsonl');
  });
  afterEach(async () => {
    await closeApplications();
    await proxy.stop();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const start = (
    options: Omit<QueueApplicationOptions, 'redis'> = {},
    redis = {},
  ): Promise<QueueApplication> =>
    QueueApplication.start({ redis: { url: proxy.url, shutdownTimeoutMs: 1_500, ...redis }, ...options });

  async function lose(app: QueueApplication): Promise<void> {
    await app.redis.connect();
    await proxy.refuse();
    await waitFor(() => app.redis.getConnectionState() === 'reconnecting');
  }

  async function timedClose(app: QueueApplication): Promise<number> {
    const startedAt = performance.now();
    await app.close();
    return performance.now() - startedAt;
  }

  it('sends what waits when Redis comes back in time', async () => {
    const app = await start();
    await lose(app);
    const job = await app.queue().add('n', {});
    const closed = timedClose(app);
    await proxy.accept();
    expect(await closed).toBeLessThan(1_700);
    expect(await waiting(server)).toEqual([job.id]);
    await waitFor(async () => (await clientNames(server)).length === 0);
  });

  it('says how many jobs are lost when it does not', async () => {
    const app = await start();
    await lose(app);
    await app.queue().addBulk([{ name: 'n', data: {} }, { name: 'n', data: {} }]); // prettier-ignore
    expect(await timedClose(app)).toBeLessThan(1_800);
    expect(app.lines.some((line) => line.startsWith('event=outbox-lost jobs=2'))).toBe(true);
  });

  it('writes what waits to a file, which the next start takes up, in order and once', async () => {
    const queue = { outbox: { file } };
    const app = await start({ queue });
    await lose(app);
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push((await app.queue().add('n', { n, text: 'ü\n' })).id as string);
    // With a file there is nothing to wait for.
    expect(await timedClose(app)).toBeLessThan(1_000);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(5);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    // Still without Redis: nothing is lost, and new jobs come after the old ones.
    const second = await start({ queue });
    await waitFor(() => second.redis.getConnectionState() === 'reconnecting');
    expect(second.outbox.jobs).toBe(5);
    ids.push((await second.queue().add('n', { n: 5 })).id as string);
    await second.close();

    await proxy.accept();
    const third = await start({ queue });
    await waitFor(async () => (await waiting(server)).length === 6);
    expect(await waiting(server)).toEqual(ids);
    expect((await third.queue().getJob(ids[0] as string))?.data).toEqual({ n: 0, text: 'ü\n' });
    await waitFor(() => !existsSync(file));
  });

  it('does not add again what an earlier run had added without hearing of it', async () => {
    const queue = { outbox: { file } };
    const app = await start({ queue });
    await app.redis.connect();
    proxy.faults.cutAfter({ commands: ['EVAL', 'EVALSHA'], nth: 1 });
    const added = app.queue().add('n', {});
    await waitFor(async () => (await waiting(server)).length === 1);
    await proxy.refuse();
    const { id } = await added;
    await app.close();
    expect(existsSync(file)).toBe(true);
    // Completed and removed meanwhile.
    await server.command('DEL', 'bull:q:wait', `bull:q:${id as string}`);
    await proxy.accept();
    await start({ queue });
    await waitFor(() => !existsSync(file));
    expect(await waiting(server)).toEqual([]);
  });

  it('keeps lines it cannot read', async () => {
    writeFileSync(file, '{"queue":"q"}\nnonsense\n');
    const app = await start({ queue: { outbox: { file } } });
    expect(app.outbox.jobs).toBe(0);
    expect(readFileSync(`${file}.unreadable`, 'utf8')).toBe('{"queue":"q"}\nnonsense\n');
    expect(
      app.lines.some((line) => line.includes('event=outbox-unreadable') && line.includes('lines=2')),
    ).toBe(true);
  });

  it('waits for jobs that are being processed, and reports them before the connections close', async () => {
    const seen = new Seen();
    seen.work = () => new Promise((resolve) => setTimeout(() => resolve('late'), 500));
    const app = await start({ providers: [processorFor('q', seen)] });
    const { id } = await app.queue().add('n', {});
    await waitFor(() => seen.started.length === 1);
    await app.close();
    expect(await server.command('ZSCORE', 'bull:q:completed', id as string)).not.toBeNull();
    expect(app.lines.filter((line) => line.includes('worker-late'))).toEqual([]);
    await waitFor(async () => (await clientNames(server)).length === 0);
  });

  it('says which jobs are left when the time is up, and keeps nothing that would keep the process', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const seen = new Seen();
    seen.work = () => new Promise<void>(() => undefined);
    const app = await start({ providers: [processorFor('q', seen)] });
    const { id } = await app.queue().add('n', {});
    await waitFor(() => seen.started.length === 1);
    const tookMs = await timedClose(app);
    expect(tookMs).toBeGreaterThan(800);
    expect(tookMs).toBeLessThan(2_000);
    expect(app.lines.find((line) => line.includes('event=worker-late'))).toContain(
      `queue=q left=1 jobs=${id as string}`,
    );
    await waitFor(async () => (await clientNames(server)).length === 0);
    // Those of the test itself, and of the wait.
    await waitFor(() => timers() <= before + 2, { message: () => `${timers()} timers to become ${before}` });
  });

  it.each(['lost', 'never there'])(
    'ends within its deadline while Redis is %s, with workers and listeners',
    async (state) => {
      @QueueEventsListener('q')
      class Listener extends QueueEventsHost {
        @OnQueueEvent('completed')
        completed(): void {}
      }
      if (state === 'never there') await proxy.refuse();
      const app = await start({ providers: [processorFor('q', new Seen()), Listener], flows: true });
      if (state === 'lost') await lose(app);
      expect(await timedClose(app)).toBeLessThan(1_800);
      expect(app.redis.getConnections().every((connection) => connection.state === 'closed')).toBe(true);
    },
  );

  it('closes one worker alone within its time-out, and leaves the others', async () => {
    const seen = new Seen();
    seen.work = () => new Promise<void>(() => undefined);
    const Slow = processorFor('q', seen);
    const Other = processorFor('r', new Seen());
    const app = await start({
      queues: ['q', 'r'],
      providers: [Slow, Other],
      queue: { workerCloseTimeoutMs: 200 },
    });
    await app.queue().add('n', {});
    await waitFor(() => seen.started.length === 1);
    const startedAt = performance.now();
    await app.context.get(Slow).worker.close();
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(app.context.get(Other).worker.isRunning()).toBe(true);
  });

  it('refuses jobs afterwards instead of losing them', async () => {
    const app = await start();
    await app.redis.connect();
    const queue = app.queue();
    await app.close();
    await expect(queue.add('n', {})).rejects.toThrow(RedisUnavailableError);
    await expect(queue.add('n', {})).rejects.toMatchObject({ code: 'REDIS_CLOSED', outcome: 'not-sent' });
  });
});
