import { setTimeout as sleep } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { Scene } from './scene.js';

const seconds = process.env.HOLDFAST_FAULTS === 'full' ? 30 : 5;
const callsPerSecond = 10_000;
const journalMaxBytes = 4_194_304;
const megabyte = 1_048_576;

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

/** Bytes in use, of objects that somebody still holds. */
function heapInUse(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe('B2: memory in an outage', () => {
  it.each([
    ['refused', (scene: Scene) => scene.proxy.refuse()],
    ['a black hole', async (scene: Scene) => void scene.proxy.faults.blackHole({ afterwards: 'dead' })],
  ])(
    `stays bounded at ${callsPerSecond} calls a second for ${seconds} s: %s`,
    async (_, begin) => {
      await Scene.play(async (scene) => {
        const redis = await scene.connected({
          journalMaxBytes,
          maxWaitingCommands: 1_000,
          commandTimeoutMs: 1_000,
        });
        const client = redis.getClient();
        let made = 0;
        let ended = 0;
        const end = (): void => void ended++;
        const call = (): void => {
          const number = made++;
          const calls = [
            () => redis.set(`key:${number}`, 'some value'),
            () => redis.get(`key:${number - 40}`),
            () => redis.incr('n'),
            () => client.set(`key:${number}`, 'some value'),
          ];
          (calls[number % calls.length] as () => Promise<unknown>)().then(end, end);
        };
        const load = async (forMs: number): Promise<void> => {
          const startedAt = performance.now();
          for (let done = 0; performance.now() - startedAt < forMs;) {
            const due = ((performance.now() - startedAt) / 1_000) * callsPerSecond;
            for (; done < due; done++) call();
            await sleep(5);
          }
        };
        await load(500);
        await begin(scene);
        const before = heapInUse();
        await load((seconds * 1_000) / 2);
        const half = heapInUse();
        await load((seconds * 1_000) / 2);
        const all = heapInUse();
        // The journal is full early on, and so is the queue of what waits; from then on nothing is kept.
        expect((all - before) / megabyte).toBeLessThan(16);
        expect((all - half) / megabyte).toBeLessThan(6);
        expect(made).toBeGreaterThan((seconds * callsPerSecond) / 2);
        await sleep(1_500);
        expect(made - ended).toBe(0);
      });
    },
    60_000 + seconds * 1_000,
  );
});
