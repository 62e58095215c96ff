import type { RedisService } from '@holdfast/redis';
import { Scene } from './scene.js';

type Write = (redis: RedisService, index: number) => Promise<unknown>;

const ways: Array<[string, Write]> = [
  ['RedisService', (redis, index) => redis.set(`k${index}`, 'v')],
  ['RedisService.strict', (redis, index) => redis.strict.set(`k${index}`, 'v')],
  ['REDIS_CLIENT', (redis, index) => redis.getClient().set(`k${index}`, 'v')],
  ['counters', (redis, index) => redis.incr(`k${index}`)],
];

describe('A8 B7: 20 writes over a demotion give no error within their deadline', () => {
  it.each(ways)('through %s', async (_, write) => {
    await Scene.play(async (scene) => {
      const redis = await scene.connected();
      await scene.server.command('REPLICAOF', '127.0.0.1', '1');
      const startedAt = performance.now();
      const writes = Array.from({ length: 20 }, (__, index) => write(redis, index));
      setTimeout(() => void scene.server.command('REPLICAOF', 'NO', 'ONE'), 1_000);
      await Promise.all(writes);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      const values = (await scene.server.command('MGET', ...Array.from({ length: 20 }, (__, index) => `k${index}`) as [string])) as string[];
      expect(new Set(values)).toEqual(new Set([_ === 'counters' ? '1' : 'v']));
    });
  }, 20_000); // prettier-ignore
});
