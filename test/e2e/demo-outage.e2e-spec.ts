import { RedisServer, waitFor } from '@holdfast/testing';
import { RunningDemo } from './running-demo.js';

jest.setTimeout(60_000);

/** Far more than an answer takes, far less than any time-out of Redis or HTTP. */
const atOnceMs = 700;
const post = { author: 'Ada', title: 'Bicycle', text: 'Red, three gears.' };

describe('the demo while Redis is away (F1)', () => {
  afterEach(() => RunningDemo.killAll());

  const refusesAtOnce = async (demo: RunningDemo) => {
    for (const answer of [
      await demo.post('/posts', post),
      await demo.get('/posts'),
      await demo.get('/posts/3'),
    ]) {
      expect(answer).toMatchObject({
        code: 503,
        body: { statusCode: 503, code: 'REDIS_UNAVAILABLE', outcome: 'not-sent' },
      });
      expect(answer.headers.get('retry-after')).toBe('2');
      expect(answer.tookMs).toBeLessThan(atOnceMs);
    }
  };

  it('keeps posts in a Redis of its own, goes on without it, and with it again (C4, A8)', async () => {
    const demo = await RunningDemo.start();
    const { port, pid } = demo.ownRedis;
    expect(await demo.get('/health')).toMatchObject({
      code: 200,
      body: { status: 'ok', details: { redis: { status: 'up', server: { role: 'master' } } } },
    });
    const created = await demo.post('/posts', post);
    expect(created).toMatchObject({ code: 201, body: { id: 1, ...post } });
    await demo.post('/posts', { ...post, title: 'Second' });
    await waitFor(async () =>
      (await demo.get('/posts?limit=2')).body.posts.every(({ words }: { words?: number }) => words === 3),
    );
    expect(await demo.get('/posts/1')).toMatchObject({ code: 200, body: created.body });
    expect(await demo.get('/posts?limit=1')).toMatchObject({
      body: { total: 2, posts: [{ id: 2, title: 'Second' }] },
    });

    process.kill(pid, 'SIGKILL');
    const health = await waitFor(async () => {
      const answer = await demo.get('/health');
      return answer.body.details.redis.message?.includes('ECONNREFUSED') && answer;
    });
    expect(health).toMatchObject({ code: 503, body: { details: { redis: { status: 'down' } } } });
    expect(health.body.details.redis.message).toContain('Start Redis');
    expect(health.tookMs).toBeLessThan(atOnceMs);
    await refusesAtOnce(demo);
    // What was read before is shown from memory, also after posts were refused.
    for (const path of ['/posts/1', '/posts?limit=1']) {
      const answer = await demo.get(path);
      expect(answer.code).toBe(200);
      expect(answer.headers.get('x-cache')).toBe('memory');
      expect(answer.tookMs).toBeLessThan(atOnceMs);
    }
    expect((await demo.get('/health/live')).code).toBe(200);
    expect(await demo.get('/redis/info')).toMatchObject({
      code: 200,
      body: { state: 'reconnecting', memory: null, stats: { connected: false } },
    });

    const again = await RedisServer.start({ port });
    try {
      const startedAt = performance.now();
      await demo.becomes('ready');
      // 2.5 s are promised; more than twice that is not the machine.
      expect(performance.now() - startedAt).toBeLessThan(6_000);
      expect(await demo.post('/posts', post)).toMatchObject({ code: 201 });
    } finally {
      await again.stop();
    }
  });

  it('answers about health at once while Redis is frozen, says what is unknown, and recovers (C4)', async () => {
    const demo = await RunningDemo.start();
    process.kill(demo.ownRedis.pid, 'SIGSTOP');
    const lost = demo.post('/posts', post);
    const first = await demo.get('/health');
    expect(first).toMatchObject({ code: 200, body: { status: 'degraded' } });
    expect(first.tookMs).toBeLessThan(atOnceMs);
    await demo.becomes('unready');
    const down = await demo.get('/health');
    expect(down).toMatchObject({ code: 503, body: { details: { redis: { status: 'down' } } } });
    expect(down.tookMs).toBeLessThan(atOnceMs);
    expect((await demo.get('/redis/info')).code).toBe(200);
    // The number was asked for and not given, so there is no post, whatever became of the number.
    expect(await lost).toMatchObject({ code: 503, body: { outcome: 'not-sent' } });
    process.kill(demo.ownRedis.pid, 'SIGCONT');
    await demo.becomes('ready');
    expect(await demo.get('/posts')).toMatchObject({ code: 200, body: { total: 0 } });
  });

  it('listens as fast without Redis as with it, and refuses posts at once (A7)', async () => {
    const demo = await RunningDemo.start({ REDIS_URL: 'redis://127.0.0.1:1' }, { redis: false });
    expect(demo.stdout).toContain('Redis is at 127.0.0.1:1');
    await waitFor(async () =>
      (await demo.get('/health')).body.details.redis.message?.includes('ECONNREFUSED'),
    );
    await refusesAtOnce(demo);
  });
});
