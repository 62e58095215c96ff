import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { closeApplications, processorFor, QueueApplication, Seen, waiting } from './queue-application.js';

const adds = ['EVAL', 'EVALSHA'];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('C2: every job arrives exactly once', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let producer: QueueApplication;

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
    producer = await QueueApplication.start({ redis: { url: proxy.url, reconnectMaxDelayMs: 100 } });
    await producer.redis.connect();
  });
  afterEach(async () => {
    await closeApplications();
    await proxy.stop();
    await server.stop();
  });

  it('when the answer to an add is lost', async () => {
    const cut = proxy.faults.cutAfter({ commands: adds, nth: 1 });
    const job = await producer.queue().add('n', {});
    expect(cut.hits).toBe(1);
    expect(producer.outbox.jobs).toBe(1);
    await waitFor(() => producer.outbox.jobs === 0);
    expect(await waiting(server)).toEqual([job.id]);
  });

  it('when the job was completed and removed before it is sent again', async () => {
    const seen = new Seen();
    // Past the proxy: this worker goes on while the producer is cut off.
    await QueueApplication.start({
      redis: { url: server.url },
      providers: [processorFor('q', seen, { removeOnComplete: { count: 0 } })],
    });
    proxy.faults.cutAfter({ commands: adds, nth: 1 });
    const added = producer.queue().add('n', {});
    await waitFor(() => seen.started.length === 1);
    await proxy.refuse();
    const { id } = await added;
    await waitFor(async () => (await server.command('EXISTS', `bull:q:${id as string}`)) === 0);
    expect(producer.outbox.jobs).toBe(1);
    await proxy.accept();
    await waitFor(() => producer.outbox.jobs === 0);
    // A second one would come before this.
    const last = await producer.queue().add('n', {});
    await waitFor(() => seen.started.includes(last.id as string));
    expect(seen.started).toEqual([id, last.id]);
  });

  it('when the connection breaks again and again while the outbox is being sent', async () => {
    const seen = new Seen();
    await QueueApplication.start({
      redis: { url: server.url },
      providers: [processorFor('q', seen, { removeOnComplete: { count: 0 } })],
    });
    await proxy.refuse();
    await waitFor(() => producer.redis.getConnectionState() === 'reconnecting');
    const ids: string[] = [];
    for (let n = 0; n < 300; n++) ids.push((await producer.queue().add('n', {})).id as string);
    const cuts = [
      proxy.faults.cutAfter({ commands: adds, nth: 7 }),
      proxy.faults.cutBefore({ commands: adds, nth: 160 }),
      proxy.faults.cutAfter({ commands: adds, nth: 301 }),
    ];
    await proxy.accept();
    await waitFor(() => seen.started.length >= 300, { timeoutMs: 15_000 });
    await waitFor(() => producer.outbox.jobs === 0);
    expect(cuts.every(({ hits }) => hits === 1)).toBe(true);
    expect(seen.started).toEqual(ids);
  }, 30_000);

  it('when a part of a bulk is lost', async () => {
    proxy.faults.cutAfter({ commands: adds, nth: 4 });
    const jobs = await producer.queue().addBulk(Array.from({ length: 10 }, () => ({ name: 'n', data: {} })));
    await waitFor(() => producer.outbox.jobs === 0);
    expect(await waiting(server)).toEqual(jobs.map(({ id }) => id));
  });

  it('when the answer does not come in time and the connection stays', async () => {
    const slow = await QueueApplication.start({
      redis: { url: proxy.url, commandTimeoutMs: 200, heartbeatIntervalMs: 60_000 },
    });
    await slow.redis.connect();
    const silence = proxy.faults.blackHole({ direction: 'replies' });
    const job = await slow.queue().add('n', {});
    expect(slow.outbox.jobs).toBe(1);
    silence.clear();
    await waitFor(() => slow.outbox.jobs === 0);
    expect(await waiting(server)).toEqual([job.id]);
  });

  it('also with ids of the caller, which stay idempotent', async () => {
    proxy.faults.cutAfter({ commands: adds, nth: 1 });
    await producer.queue().add('n', {}, { jobId: 'mine' });
    await producer.queue().add('n', {}, { jobId: 'mine' });
    await waitFor(() => producer.outbox.jobs === 0);
    expect(await waiting(server)).toEqual(['mine']);
  });

  it.each([11, 22, 33, 44, 55])(
    'under cuts at random requests (seed %i)',
    async (seed) => {
      const random = randomNumbers(seed);
      const seen = new Seen();
      await QueueApplication.start({
        redis: { url: server.url },
        providers: [processorFor('q', seen, { removeOnComplete: { count: 0 }, concurrency: 5 })],
      });
      const expected: string[] = [];
      const calls: Array<Promise<unknown>> = [];
      let cuts = 0;
      for (let step = 0; step < 60; step++) {
        if (random() < 0.3) {
          cuts++;
          const nth = 1 + Math.floor(random() * 8);
          if (random() < 0.5) proxy.faults.cutAfter({ commands: adds, nth });
          else proxy.faults.cutBefore({ commands: adds, nth, how: random() < 0.5 ? 'end' : 'reset' });
        }
        const count = random() < 0.3 ? 1 + Math.floor(random() * 20) : 1;
        calls.push(
          producer
            .queue()
            .addBulk(Array.from({ length: count }, () => ({ name: 'n', data: {} })))
            .then((jobs) => expected.push(...jobs.map(({ id }) => id as string))),
        );
        if (random() < 0.7) await calls.at(-1);
        if (random() < 0.2) await new Promise((resolve) => setTimeout(resolve, random() * 60));
      }
      await Promise.all(calls);
      await waitFor(() => producer.outbox.jobs === 0, { timeoutMs: 15_000 });
      await waitFor(() => new Set(seen.started).size === expected.length, { timeoutMs: 10_000 });
      // Whatever came twice would still wait or have been processed.
      await waitFor(async () => (await waiting(server)).length === 0);
      expect(cuts).toBeGreaterThan(5);
      expect([...seen.started].sort()).toEqual([...expected].sort());
    },
    40_000,
  );

  it('costs Redis a kilobyte for thousands of jobs, and not for ever', async () => {
    await producer.queue().addBulk(Array.from({ length: 500 }, () => ({ name: 'n', data: {} })));
    const keys = (await server.command('KEYS', 'bull:holdfast-added:*')) as string[];
    expect(keys).toHaveLength(1);
    expect(Number(await server.command('STRLEN', keys[0] as string))).toBeLessThanOrEqual(1_024);
    expect(Number(await server.command('PTTL', keys[0] as string))).toBeGreaterThan(86_000_000);
  });
});
