import { RedisServer, waitFor } from '@holdfast/testing';
import { Queue } from 'bullmq';
import { RunningDemo } from './running-demo.js';

jest.setTimeout(60_000);

describe('the worker of the demo in a process of its own', () => {
  afterEach(() => RunningDemo.killAll());

  it('handles jobs without the demo, and ends at SIGTERM', async () => {
    const server = await RedisServer.start();
    const queue = new Queue('post-created', {
      prefix: 'board:queue',
      connection: { host: '127.0.0.1', port: server.port },
    });
    try {
      await server.command('HSET', 'board:post:1', 'id', '1', 'text', 'Red, three gears.');
      await queue.add('count-words', { id: 1 });
      await queue.add('count-words', { id: 2 });
      const worker = RunningDemo.run({ REDIS_URL: server.url }, 'worker.js');
      await waitFor(async () => (await queue.getCompletedCount()) === 2, { timeoutMs: 20_000 });
      expect(await server.command('HGET', 'board:post:1', 'words')).toBe('3');
      expect(await server.command('EXISTS', 'board:post:2')).toBe(0);
      expect(await server.command('CLIENT', 'LIST')).toContain('name=demo-worker:shared');
      worker.signal('SIGTERM');
      expect((await worker.ended()).tookMs).toBeLessThan(4_000);
      expect(worker.stderr).toBe('');
      expect(await server.command('CLIENT', 'LIST')).not.toContain('name=demo-worker:');
    } finally {
      await queue.close();
      await server.stop();
    }
  });

  it('says in a sentence that it needs REDIS_URL', async () => {
    const worker = RunningDemo.run({}, 'worker.js');
    expect(await worker.ended()).toMatchObject({ code: 1 });
    expect(worker.stderr.trim()).toMatch(/^REDIS_URL is not set: .*npm run worker\.$/);
  });
});
