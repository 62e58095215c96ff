import * as fc from 'fast-check';
import { LatencyHistogram } from './latency-histogram.js';

/** From half a microsecond to an hour, evenly over the orders of magnitude. */
const latency = fc.double({ min: -3.3, max: 6.5, noNaN: true }).map((exponent) => 10 ** exponent);
const latencies = fc.array(latency, { minLength: 1, maxLength: 100, size: 'max' });

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

function nearestRank(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((p / 100) * sorted.length)) - 1]!;
}

describe('latency histogram', () => {
  it('answers every percentile within 1/64 or 1 µs of the exact one', () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0, max: 100, noNaN: true }), (values, p) => {
        const exact = nearestRank(values, p);
        const error = Math.abs(histogramOf(values).percentile(p) - exact);
        expect(error).toBeLessThanOrEqual(Math.max(exact / 64, 0.001));
      }),
      { numRuns: 500 },
    );
  });

  it('knows count, largest and mean exactly', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const histogram = histogramOf(values);
        expect(histogram.count).toBe(values.length);
        expect(histogram.max).toBe(Math.max(...values));
        expect(histogram.percentile(100)).toBe(histogram.max);
        expect(histogram.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 6);
      }),
    );
  });

  it('never answers a lower percentile with more than a higher one', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const histogram = histogramOf(values);
        const answers = [0, 1, 25, 50, 75, 95, 99, 99.9, 100].map((p) => histogram.percentile(p));
        expect(answers).toEqual(answers.toSorted((a, b) => a - b));
      }),
    );
  });

  it('never answers with more than the largest', () => {
    fc.assert(
      fc.property(latency, (value) => {
        expect(histogramOf([value, value, value]).percentile(50)).toBeLessThanOrEqual(value);
      }),
    );
  });

  it('merges into what one histogram of all latencies would be', () => {
    fc.assert(
      fc.property(latencies, latencies, (some, others) => {
        const merged = histogramOf(some);
        merged.merge(histogramOf(others));
        const whole = histogramOf([...some, ...others]);
        for (const p of [0, 50, 95, 99, 100]) expect(merged.percentile(p)).toBe(whole.percentile(p));
        expect(merged.count).toBe(whole.count);
        expect(merged.mean).toBeCloseTo(whole.mean, 6);
      }),
    );
  });

  it('answers 0 for everything while it is empty, and again after a reset', () => {
    const histogram = new LatencyHistogram();
    const summary = () => [histogram.count, histogram.max, histogram.mean, histogram.percentile(99)];
    expect(summary()).toEqual([0, 0, 0, 0]);
    histogram.record(5);
    histogram.reset();
    expect(summary()).toEqual([0, 0, 0, 0]);
    histogram.record(1000);
    histogram.record(1000);
    expect(histogram.percentile(50)).toBe(1000);
  });

  it('takes what no clock should say without harm', () => {
    const histogram = histogramOf([NaN, Infinity, -5]);
    expect([histogram.count, histogram.max]).toEqual([1, 0]);
  });

  it('keeps latencies beyond its range in the last bucket, and the largest exactly', () => {
    const histogram = histogramOf([1e10, 2e10, 3e10]);
    expect(histogram.percentile(50)).toBeGreaterThan(LatencyHistogram.maxTrackableMs * 0.98);
    expect(histogram.max).toBe(3e10);
  });

  it('refuses a percentile that is none', () => {
    expect(() => new LatencyHistogram().percentile(101)).toThrow(
      new RangeError('p must be a number from 0 to 100, got 101'),
    );
  });
});
