import { waitFor } from '@holdfast/testing';
import { RunningDemo } from './running-demo.js';

jest.setTimeout(60_000);

const post = { author: 'Ada', title: 'Bicycle', text: 'Red, three gears.' };

describe('cache, queue and throttler of the demo', () => {
  afterEach(() => RunningDemo.killAll());

  it('shows a page from the cache until somebody posts, and what the worker counted', async () => {
    const demo = await RunningDemo.start();
    await demo.post('/posts', post);
    await waitFor(async () => (await demo.get('/posts')).body.posts[0].words === 3);
    await waitFor(async () => (await demo.get('/posts')).headers.get('x-cache') === 'redis');
    await demo.post('/posts', { ...post, title: 'Second', text: ' one\ntwo ' });
    expect((await demo.get('/posts')).body).toMatchObject({
      total: 2,
      posts: [{ title: 'Second' }, { id: 1 }],
    });
    await waitFor(async () => (await demo.get('/posts')).body.posts[0].words === 2);
    expect((await demo.get('/posts/2')).headers.get('x-cache')).toBe('miss');
    const again = await demo.get('/posts/2');
    expect(again.body).toMatchObject({ id: 2, words: 2 });
    expect(again.headers.get('x-cache')).toBe('redis');
    expect(again.headers.get('age')).toMatch(/^\d+$/);
  });

  it('takes so many posts a minute from an address, and goes on counting while Redis is away', async () => {
    const demo = await RunningDemo.start({ DEMO_POSTS_PER_MINUTE: '3' });
    const codes = async (count: number) => {
      const answers = [];
      for (let i = 0; i < count; i++) answers.push(await demo.post('/posts', post));
      return answers;
    };
    const [first, second] = await codes(2);
    expect([first?.code, second?.code]).toEqual([201, 201]);
    process.kill(demo.ownRedis.pid, 'SIGKILL');
    await demo.becomes('unready');
    const [third, fourth] = await codes(2);
    expect([third?.code, fourth?.code]).toEqual([503, 429]);
    expect(Number(fourth?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await demo.get('/posts/1')).code).toBe(503);
  });

  it.each(['0', '-1', 'many', '1.5'])(
    'says in a sentence that DEMO_POSTS_PER_MINUTE=%s is no limit',
    async (limit) => {
      const demo = RunningDemo.run({ DEMO_POSTS_PER_MINUTE: limit });
      expect(await demo.ended()).toMatchObject({ code: 1 });
      expect(demo.stderr.trim()).toMatch(/^DEMO_POSTS_PER_MINUTE = .* is no limit: .*\.$/);
    },
  );
});
