import { RedisConnectionState } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { Scene } from './scene.js';

/** The promises, with room: a connection that fell silent is found first. */
const foundMs = 3_000 + 700;
const backMs = 2_500 + 700;

describe('B4 C7: a subscription comes back, also when its connection breaks while it does', () => {
  it.each([
    ['before SUBSCRIBE is sent', (scene: Scene) => scene.proxy.faults.cutBefore({ commands: ['SUBSCRIBE'], nth: 1 })],
    ['after SUBSCRIBE, before its reply', (scene: Scene) => scene.proxy.faults.cutAfter({ commands: ['SUBSCRIBE'], nth: 1 })],
    ['in the middle of its reply', (scene: Scene) => scene.proxy.faults.halfReply({ commands: ['SUBSCRIBE'], nth: 1 })],
    ['with the reply never coming', (scene: Scene) => scene.proxy.faults.halfReply({ commands: ['SUBSCRIBE'], nth: 1, ending: 'stall' })],
  ])('cut %s', async (_, strike) => {
    await Scene.play(async (scene) => {
      const redis = await scene.connected();
      const client = redis.duplicate();
      const messages: string[] = [];
      client.on('message', (__: string, message: string) => messages.push(message));
      await client.subscribe('news');
      const fault = strike(scene);
      scene.proxy.cut();
      await waitFor(() => fault.hits > 0);
      await waitFor(
        () => redis.getConnections().every(({ state, reconnects }) => state === RedisConnectionState.Connected && reconnects > 0),
        { timeoutMs: 10_000 },
      );
      await waitFor(
        async () => {
          await scene.server.command('PUBLISH', 'news', 'hello');
          return messages.includes('hello');
        },
        { timeoutMs: foundMs + backMs, intervalMs: 50, message: 'a message' },
      );
    });
  }, 20_000); // prettier-ignore
});
