import { RedisServer, waitFor } from '@holdfast/testing';
import { RunningDemo } from './running-demo.js';

jest.setTimeout(60_000);

const post = { author: 'Ada', title: 'Bicycle', text: 'Red, three gears, hardly used.' };

describe('the connections of the demo', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });

  afterAll(async () => {
    await RunningDemo.killAll();
    await server.stop();
  });

  /** Names in CLIENT LIST but that of the connection that asks. */
  const names = async () => {
    return String(await server.command('CLIENT', 'LIST'))
      .split('\n')
      .filter((line) => line.includes('name=') && !line.includes('cmd=client|list'))
      .map((line) => /(?:^| )name=(\S*)/.exec(line)?.[1] ?? '');
  };

  it('are at most 4, each named, with cache, queue, worker, throttler, health and metrics (C1 C2 C3)', async () => {
    const before = await names();
    const demo = await RunningDemo.start({ REDIS_URL: server.url });
    const { body } = await demo.post('/posts', post);
    const read = () => demo.get(`/posts/${body.id}`);
    // The worker, the cache, the throttler, health and metrics have all been used.
    await waitFor(async () => (await read()).body.words === 5);
    await waitFor(async () => (await read()).headers.get('x-cache') === 'redis');
    await Promise.all(Array.from({ length: 20 }, () => demo.post('/posts', post)));
    await Promise.all(Array.from({ length: 20 }, () => demo.get('/posts')));
    expect((await demo.get('/health')).code).toBe(200);
    expect((await demo.get('/metrics')).code).toBe(200);
    const seen = await names();
    expect(before).toEqual([]);
    expect(seen).not.toContain('');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain('demo:shared');
    expect(seen.length).toBeLessThanOrEqual(4);
  });
});
