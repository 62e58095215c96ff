import { waitFor } from '@holdfast/testing';
import { isBack, Scene } from './scene.js';

describe('B2 B6 B7: what an abandoned connection still carries', () => {
  it.each(['REDIS_CLIENT', 'RedisService'] as const)(
    'does not undo what was written, or deleted, on the next one: %s',
    async (way) => {
      await Scene.play(async (scene) => {
        const redis = await scene.connected({ heartbeatIntervalMs: 300, heartbeatTimeoutMs: 300 });
        const commands = way === 'REDIS_CLIENT' ? redis.getClient() : redis.strict;
        await isBack(redis);
        // One way through the network stands still, and what is on it arrives when it goes on.
        const [abandoned] = scene.proxy.connections;
        const stands = abandoned?.faults.blackHole({ direction: 'requests' });
        const olds = [commands.set('written', 'old'), commands.set('deleted', 'old')];
        await waitFor(() => scene.proxy.traffic.connectionsAccepted > 1, { timeoutMs: 10_000 });
        await isBack(redis);
        await Promise.allSettled(olds);
        await commands.set('written', 'new');
        await commands.del('deleted');
        stands?.clear();
        await waitFor(() => abandoned?.isOpen === false);
        // Nothing else tells that it has arrived: the server closes when it has read all of it.
        await waitFor(async () => {
          const clients = String(await scene.server.command('CLIENT', 'LIST'));
          return clients.split('name=faults:').length - 1 === 1;
        });
        expect(await scene.server.command('GET', 'written')).toBe('new');
        expect(await scene.server.command('GET', 'deleted')).toBeNull();
      });
    },
    20_000,
  );
});
