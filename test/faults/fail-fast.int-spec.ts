import type { RedisService } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { quantile } from './measure.js';
import { isDown, Scene } from './scene.js';

/**
 * Promised is less than 1 ms at p99. By the clock of the wall there is room for one turn of others on the same
 * processor, which is no work of ours; the time of the processor has none, and neither has the median.
 */
const mostMs = { median: 1, p99: 1 + 10, processorP99: 1 };
const calls = 2_000;

const outages: Array<[string, (scene: Scene, redis: RedisService) => Promise<void>]> = [
  [
    'refused',
    async ({ proxy }, redis) => {
      await proxy.refuse();
      await waitFor(async () => !(await redis.healthCheck()).healthy && (await fails(redis)));
    },
  ],
  [
    'black hole',
    async ({ proxy }, redis) => {
      proxy.faults.blackHole({ afterwards: 'dead' });
      await waitFor(() => isDown(redis));
    },
  ],
  [
    'the breaker open before a server that is slow',
    async ({ proxy }, redis) => {
      proxy.faults.delay({ latencyMs: 300 });
      for (let round = 0; round < 40; round++) void redis.strict.get('k').catch(() => undefined);
      await waitFor(() => redis.circuitBreaker.state === 'open');
    },
  ],
  [
    'the breaker isolated',
    async (_, redis) => {
      redis.circuitBreaker.isolate();
    },
  ],
];

const fails = (redis: RedisService): Promise<boolean> =>
  redis.strict.get('k').then(
    () => false,
    () => true,
  );

/** Times calls by the wall and by the processor. */
class Stopwatch {
  readonly #wallMs: number[] = [];
  readonly #processorMs: number[] = [];

  async time<T>(call: () => Promise<T>): Promise<T> {
    const before = process.cpuUsage();
    const startedAt = performance.now();
    const result = await call();
    this.#wallMs.push(performance.now() - startedAt);
    const { user, system } = process.cpuUsage(before);
    this.#processorMs.push((user + system) / 1_000);
    return result;
  }

  /** Milliseconds. */
  get figures(): Record<keyof typeof mostMs, number> {
    return {
      median: quantile(this.#wallMs, 0.5) ?? Infinity,
      p99: quantile(this.#wallMs, 0.99) ?? Infinity,
      processorP99: quantile(this.#processorMs, 0.99) ?? Infinity,
    };
  }
}

describe('B1 B3: fail fast', () => {
  it.each(outages)(
    'answers at once: %s',
    async (_, begin) => {
      await Scene.play(async (scene) => {
        const redis = await scene.connected({ breakerSlowCallMs: 100 });
        await redis.set('k', 'v');
        await begin(scene, redis);
        const fallbacks = new Stopwatch();
        const errors = new Stopwatch();
        for (let call = 0; call < calls; call++) {
          expect(await fallbacks.time(() => redis.get('k'))).toBe('v');
          if (!(await errors.time(() => fails(redis)))) throw new Error('The outage is over too early');
        }
        for (const { figures } of [fallbacks, errors]) {
          expect(figures.median).toBeLessThan(mostMs.median);
          expect(figures.p99).toBeLessThan(mostMs.p99);
          expect(figures.processorP99).toBeLessThan(mostMs.processorP99);
        }
      });
    },
    20_000,
  );
});
