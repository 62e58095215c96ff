import type { RedisService } from '@holdfast/redis';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallLog } from './call-log.js';
import { miscounts } from './invariants.js';
import { isBack, Scene } from './scene.js';

const commandTimeoutMs = 2_500;
const commands = ['INCR'];
const later = (ms: number, act: () => unknown): void => void setTimeout(act, ms);

/** Each strikes the one call that is made right after it. */
const strikes: Array<[string, (scene: Scene) => unknown]> = [
  ['connections are refused', ({ proxy }) => proxy.refuse()],
  ['it is cut off before it is sent', ({ proxy }) => proxy.faults.cutBefore({ commands, nth: 1 })],
  ['it is cut off before its reply', ({ proxy }) => proxy.faults.cutAfter({ commands, nth: 1 })],
  ['its reply is lost', ({ proxy }) => proxy.faults.blackHole({ direction: 'replies', afterwards: 'dead' })],
  ['half of its reply is lost', ({ proxy }) => proxy.faults.halfReply({ commands, nth: 1 })],
  ['its reply stops half way', ({ proxy }) => proxy.faults.halfReply({ commands, nth: 1, ending: 'stall' })],
  ['it gets garbage', (scene) => later(5, () => scene.proxy.sendGarbage())],
  ['everything is lost', ({ proxy }) => proxy.faults.blackHole({ afterwards: 'dead' })],
  ['everything is late', ({ proxy }) => proxy.faults.blackHole()],
  ['the server is frozen', ({ server }) => server.pause()],
  ['the server is killed', ({ server }) => server.kill()],
  ['the server is killed meanwhile', ({ server }) => later(1, () => void server.kill())],
  ['the server is read-only', ({ server }) => server.command('REPLICAOF', '127.0.0.1', '1')],
  ['the server is read-only for a moment', ({ proxy }) => proxy.faults.answerError('READONLY no', { commands, nth: 1 })],
  ['the server is loading', ({ proxy }) => proxy.faults.answerError('LOADING wait', { commands, nth: 1 })],
  ['the server is full', ({ server }) => server.command('CONFIG', 'SET', 'maxmemory', '1')],
  ['replies take 2 s', ({ proxy }) => proxy.faults.delay({ latencyMs: 2_000 })],
]; // prettier-ignore

const ways: Array<[string, (redis: RedisService) => Promise<unknown>]> = [
  ['RedisService', (redis) => redis.incr('n')],
  ['REDIS_CLIENT', (redis) => redis.getClient().incr('n')],
  ['duplicate()', async (redis) => redis.duplicate().incr('n')],
  ['MULTI', (redis) => redis.multi().incr('n').exec().then(onlyResult)],
  ['a pipeline', (redis) => redis.pipeline().incr('n').exec().then(onlyResult)],
]; // prettier-ignore

function onlyResult(results: Array<[Error | null, unknown]> | null): unknown {
  const [error, reply] = results?.[0] ?? [new Error('There is no result')];
  if (error) throw error;
  return reply;
}

describe('B7 B3: one incr() counts once, or says that it may not have', () => {
  it.each(strikes)('while %s', async (_, strike) => {
    await Promise.all(
      ways.map(([way, increment]) =>
        Scene.play(async (scene) => {
          const redis = await scene.connected({ commandTimeoutMs, heartbeatTimeoutMs: 500, heartbeatIntervalMs: 500 });
          const log = new CallLog();
          await strike(scene);
          const call = await log.call({ op: 'incr', key: 'n' }, () => increment(redis));
          await sleep(50);
          await scene.heal();
          await scene.server.command('CONFIG', 'SET', 'maxmemory', '0');
          await scene.server.command('REPLICAOF', 'NO', 'ONE');
          await isBack(redis);
          const held = new Map([['n', String((await scene.server.command('GET', 'n')) ?? 0)]]);
          const broken = miscounts('n', log.records, held);
          expect({ way, told: call.told, error: call.error, broken }).toMatchObject({ broken: [] });
        }, { persistence: true }),
      ),
    );
  }, 30_000); // prettier-ignore

  it('is not reported as not sent by a later attempt when an earlier one may have run', async () => {
    await Promise.all(
      (['set', 'del'] as const).map((command) =>
        Scene.play(async (scene) => {
          const redis = await scene.connected({ commandTimeoutMs: 500 });
          const cut = scene.proxy.faults.cutAfter({ commands: [command] });
          later(0, async () => {
            while (cut.hits === 0) await sleep(1);
            await scene.proxy.refuse();
          });
          const call = command === 'set' ? redis.strict.set('k', 'v') : redis.strict.del('k');
          await expect(call).rejects.toMatchObject({ outcome: 'unknown' });
        }),
      ),
    );
  });
});
