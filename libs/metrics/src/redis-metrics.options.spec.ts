import { resolveMetricsOptions } from './redis-metrics.options.js';

describe('options of the metrics (C10)', () => {
  it('have defaults, with every boundary that OpenTelemetry wants', () => {
    const options = resolveMetricsOptions({});
    expect(options).toMatchObject({
      prefix: '',
      registrations: ['default'],
      defaultMetrics: false,
      maxOperations: 200,
      instruments: [],
    });
    expect(options.durationBuckets).toEqual(
      expect.arrayContaining([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]),
    );
    expect(options).not.toHaveProperty('registry');
  });

  it.each([
    ['prefix', '1a'],
    ['prefix', 'a-b_'],
    ['registrations', []],
    ['registrations', ['jobs', 'jobs']],
    ['durationBuckets', []],
    ['durationBuckets', [0.1, 0.1]],
    ['durationBuckets', [0, 1]],
    ['durationBuckets', [1, Infinity]],
    ['durationBuckets', [Number.NaN]],
    ['maxOperations', 0],
    ['maxOperations', 501],
    ['maxOperations', 1.5],
  ])('refuse %s = %j, naming it', (option, value) => {
    expect(() => resolveMetricsOptions({ [option]: value })).toThrow(new RegExp(`^${option} = .*accepted`));
  });
});
