import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { DurationHistogram } from './duration-histogram.js';

const options = {
  name: 'a_seconds',
  help: 'Help.',
  labelNames: ['command', 'result'] as const,
  buckets: [0.001, 0.01, 0.1],
};

function histogram() {
  const registry = new Registry();
  const mine = new DurationHistogram(options);
  registry.registerMetric(mine as unknown as Histogram);
  return { registry, mine };
}

/** Exemplars, which prom-client mentions even where there is none, left out. */
async function json(registry: Registry): Promise<unknown> {
  const text = JSON.stringify(await registry.getMetricsAsJSON());
  return JSON.parse(text, (key, value: unknown) => (key === 'exemplar' ? undefined : value));
}

describe('DurationHistogram (C10)', () => {
  it('is read exactly as the one of prom-client', async () => {
    const observation = fc.record({
      command: fc.constantFrom('get', 'set', 'a"b\\c\nd'),
      result: fc.constantFrom('success', ''),
      seconds: fc.oneof(fc.constantFrom(0, 0.001, 0.01, 0.1, 5), fc.double({ min: 0, max: 1, noNaN: true })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(observation), async (observations) => {
        const { registry, mine } = histogram();
        const registers = [new Registry()];
        const theirs = new Histogram({ ...options, buckets: [...options.buckets], registers });
        for (const { seconds, ...labels } of observations) {
          mine.of(labels).record(seconds);
          theirs.observe(labels, seconds);
        }
        expect(await registry.metrics()).toBe(await registers[0]?.metrics());
        expect(await json(registry)).toEqual(await json(registers[0] as Registry));
      }),
    );
  });

  it('gives the same durations for the same labels, whatever their order', () => {
    const { mine } = histogram();
    expect(mine.of({ command: 'get', result: 'error' })).toBe(mine.of({ result: 'error', command: 'get' }));
    expect(mine.of({ command: 'a', result: 'b' })).not.toBe(mine.of({ command: 'b', result: 'a' }));
  });

  it('begins anew when the registry is reset, with what is at hand', async () => {
    const { registry, mine } = histogram();
    const durations = mine.of({ command: 'get', result: 'success' });
    durations.record(1);
    registry.resetMetrics();
    durations.record(2);
    expect(await registry.metrics()).toContain('a_seconds_sum{command="get",result="success"} 2\n');
  });
});
