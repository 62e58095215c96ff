import * as fc from 'fast-check';
import { constantBackoff } from './constant-backoff.js';
import { exponentialBackoff } from './exponential-backoff.js';

const lowest = () => 0;
const highest = () => 1 - Number.EPSILON;

describe('exponential backoff', () => {
  it('doubles the longest possible delay with each attempt up to the maximum', () => {
    const backoff = exponentialBackoff({ minDelayMs: 50, maxDelayMs: 2000, random: highest });

    const delays = [0, 1, 2, 3, 4, 5, 6, 7].map((attempt) => Math.round(backoff.delayMs(attempt)));

    expect(delays).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000]);
  });

  it('draws from the whole interval, down to the floor', () => {
    const backoff = exponentialBackoff({ minDelayMs: 50, maxDelayMs: 2000, floorMs: 7, random: lowest });

    expect([0, 3, 10].map((attempt) => backoff.delayMs(attempt))).toEqual([7, 7, 7]);
  });

  it('does not gather clients at the floor', () => {
    let draw = 0;
    const backoff = exponentialBackoff({ minDelayMs: 50, floorMs: 10, random: () => (draw++ % 100) / 100 });

    const delays = Array.from({ length: 100 }, () => backoff.delayMs(0));

    expect(new Set(delays).size).toBe(100);
  });

  it('stays between floor and maximum for any attempt and any draw', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, draw) => {
          const delay = exponentialBackoff({ floorMs: 5, random: () => draw }).delayMs(attempt);
          expect(delay).toBeGreaterThanOrEqual(5);
          expect(delay).toBeLessThanOrEqual(2000);
        },
      ),
    );
  });

  it('names the option, the accepted range and the value of a bad option', () => {
    expect(() => exponentialBackoff({ minDelayMs: 0 })).toThrow(
      new RangeError('minDelayMs must be a number from 1 to 2147483647, got 0'),
    );
    expect(() => exponentialBackoff({ minDelayMs: 100, maxDelayMs: 99 })).toThrow(
      new RangeError('maxDelayMs must be a number from 100 to 2147483647, got 99'),
    );
    expect(() => exponentialBackoff({ minDelayMs: 10, floorMs: 11 })).toThrow(
      new RangeError('floorMs must be a number from 0 to 10, got 11'),
    );
    expect(() => exponentialBackoff({ maxDelayMs: '9' as unknown as number })).toThrow(
      new TypeError('maxDelayMs must be a number from 50 to 2147483647, got "9"'),
    );
    expect(() => exponentialBackoff({ maxDelayMs: NaN })).toThrow(RangeError);
    expect(() => exponentialBackoff({ random: 4 as unknown as () => number })).toThrow(
      new TypeError('random must be a function, got 4'),
    );
  });

  it('refuses an attempt that cannot be', () => {
    const backoff = exponentialBackoff();
    expect(() => backoff.delayMs(-1)).toThrow('attempt must be a whole number of at least 0, got -1');
    expect(() => backoff.delayMs(0.5)).toThrow(RangeError);
  });
});

describe('constant backoff', () => {
  it('waits the same before every attempt', () => {
    const backoff = constantBackoff(30);
    expect([0, 1, 50].map((attempt) => backoff.delayMs(attempt))).toEqual([30, 30, 30]);
  });

  it('refuses a negative delay', () => {
    expect(() => constantBackoff(-1)).toThrow(
      new RangeError('delayMs must be a number from 0 to 2147483647, got -1'),
    );
  });
});
