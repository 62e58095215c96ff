import { waitFor } from '@holdfast/testing';
import { isDown, Scene } from './scene.js';

describe('A9 B4: setting up a connection', () => {
  it('may take longer than the deadline of a command', async () => {
    await Scene.play(async (scene) => {
      const redis = await scene.connected({ commandTimeoutMs: 300 });
      scene.proxy.faults.delay({ latencyMs: 500 });
      scene.proxy.cut();
      await waitFor(() => isDown(redis));
      await waitFor(() => !isDown(redis), { timeoutMs: 5_000, message: 'the connection' });
    });
  }, 20_000);
});
