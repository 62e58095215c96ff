import type { RedisService } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { toldBy } from './call-log.js';
import { isBack, isDown, Scene } from './scene.js';

const count = 1_000;
const keys = Array.from({ length: count }, (_, index) => `ghost:${index}`);

/** Each makes 1,000 SETs and answers what their callers were told. */
const ways: Array<[string, (redis: RedisService) => Promise<unknown[]>]> = [
  ['RedisService.strict', (redis) => told(keys.map((key) => redis.strict.set(key, 'x')))],
  ['a duplicate', (redis) => own(redis, (client) => told(keys.map((key) => client.set(key, 'x'))))],
  ['pipelines', (redis) => told(tens((chunk) => {
    const pipeline = redis.getClient().pipeline();
    for (const key of chunk) pipeline.set(key, 'x');
    return pipeline.exec().then((results) => results?.forEach(([error]) => { if (error) throw error; }));
  }))],
  ['pipelines of the service', (redis) => told(tens((chunk) => {
    const pipeline = redis.pipeline();
    for (const key of chunk) pipeline.set(key, 'x');
    return pipeline.exec().then((results) => results?.forEach(([error]) => { if (error) throw error; }));
  }))],
  ['MULTI', (redis) => told(tens((chunk) => {
    const multi = redis.getClient().multi();
    for (const key of chunk) multi.set(key, 'x');
    return multi.exec();
  }))],
]; // prettier-ignore

async function told(calls: Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(calls);
  return results.map((result) => (result.status === 'fulfilled' ? 'ok' : toldBy(result.reason).told));
}

function tens<T>(make: (keys: string[]) => T): T[] {
  return Array.from({ length: count / 10 }, (_, index) => make(keys.slice(10 * index, 10 * index + 10)));
}

async function own(
  redis: RedisService,
  act: (client: ReturnType<RedisService['duplicate']>) => Promise<unknown[]>,
): Promise<unknown[]> {
  const client = redis.duplicate();
  try {
    return await act(client);
  } finally {
    // Only when it is connected could anything be sent late.
    await waitFor(() => client.ping(), { timeoutMs: 10_000 });
  }
}

describe('B6: 1,000 SETs that timed out while disconnected leave 0 keys', () => {
  it.each(ways)(
    'through %s',
    async (_, make) => {
      await Scene.play(async (scene) => {
        const redis = await scene.connected({ commandTimeoutMs: 1_000, maxRetriesPerRequest: 1_000 });
        // Two round trips make a connection: the next takes long and succeeds, and calls wait for it in vain.
        scene.proxy.faults.delay({ latencyMs: 700 });
        scene.proxy.cut();
        await waitFor(() => isDown(redis));
        expect(new Set(await make(redis))).toEqual(new Set(['not-sent']));
        await isBack(redis);
        await scene.proxy.reset();
        await redis.getClient().set('marker', 'x');
        expect(await scene.server.command('DBSIZE')).toBe(1);
      });
    },
    20_000,
  );
});
