import { proportionalBackoff } from './proportional-backoff.js';

describe('proportional backoff', () => {
  it('doubles up to the maximum', () => {
    const backoff = proportionalBackoff({ minDelayMs: 1000, maxDelayMs: 5000, random: () => 0 });
    expect([0, 1, 2, 3, 5000].map((attempt) => backoff.delayMs(attempt))).toEqual([
      1000, 2000, 4000, 5000, 5000,
    ]);
  });

  it('is shorter by chance, but never by more than the jitter', () => {
    const backoff = proportionalBackoff({
      minDelayMs: 1000,
      jitterRatio: 0.2,
      random: () => 1 - Number.EPSILON,
    });
    expect(backoff.delayMs(0)).toBeCloseTo(800, 6);
  });

  it('names what is wrong with an option', () => {
    expect(() => proportionalBackoff({ jitterRatio: 2 })).toThrow(
      new RangeError('jitterRatio must be a number from 0 to 1, got 2'),
    );
    expect(() => proportionalBackoff({ minDelayMs: 10, maxDelayMs: 5 })).toThrow(RangeError);
    expect(() => proportionalBackoff().delayMs(-1)).toThrow(RangeError);
  });
});
