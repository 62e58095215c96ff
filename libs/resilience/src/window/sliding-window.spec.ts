import * as fc from 'fast-check';
import { SlidingWindow } from './sliding-window.js';

const counts = ({ calls, failures, slow }: SlidingWindow) => ({ calls, failures, slow });

describe('sliding window', () => {
  it('counts calls, failures and slow calls', () => {
    const window = new SlidingWindow();
    window.record(0, false, false);
    window.record(1, true, false);
    window.record(2, false, true);
    expect(counts(window)).toEqual({ calls: 3, failures: 1, slow: 1 });
  });

  it('lets calls go when they are too old', () => {
    const window = new SlidingWindow({ windowMs: 1000 });
    window.record(0, true, false);
    window.record(500, false, true);

    window.expire(999);
    expect(counts(window)).toEqual({ calls: 2, failures: 1, slow: 1 });
    window.expire(1000);
    expect(counts(window)).toEqual({ calls: 1, failures: 0, slow: 1 });
    window.expire(1500);
    expect(counts(window)).toEqual({ calls: 0, failures: 0, slow: 0 });
  });

  it('keeps no more than the latest calls', () => {
    const window = new SlidingWindow({ windowMs: Infinity, maxCalls: 10 });
    for (let call = 0; call < 10; call++) window.record(0, true, false);
    for (let call = 0; call < 10; call++) window.record(0, false, false);
    expect(counts(window)).toEqual({ calls: 10, failures: 0, slow: 0 });
  });

  it('forgets everything when reset', () => {
    const window = new SlidingWindow();
    window.record(0, true, true);
    window.reset();
    expect(counts(window)).toEqual({ calls: 0, failures: 0, slow: 0 });
    window.record(1, true, false);
    expect(counts(window)).toEqual({ calls: 1, failures: 1, slow: 0 });
  });

  it('has room for all calls when buckets are closed by time and by number in turn', () => {
    const window = new SlidingWindow({ buckets: 5, maxCalls: 50, windowMs: 1000 });
    for (let now = 0; now < 2000; now += 200) {
      for (let call = 0; call < 11; call++) window.record(now, false, false);
    }
    expect(window.calls).toBeGreaterThan(40);
  });

  it('agrees with a list of all calls, to within one step of the ring', () => {
    const call = fc.record({
      afterMs: fc.oneof(
        { weight: 10, arbitrary: fc.constant(0) },
        { weight: 10, arbitrary: fc.integer({ min: 0, max: 100 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 3000 }) },
      ),
      failed: fc.boolean(),
      slow: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(call, { minLength: 1, maxLength: 150, size: 'max' }),
        fc.integer({ min: 1, max: 12 }),
        fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(Infinity)),
        fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.constant(Infinity)),
        (calls, buckets, maxCalls, windowMs) => {
          const window = new SlidingWindow({ buckets, maxCalls, windowMs });
          const all: Array<{ at: number; failed: boolean; slow: boolean }> = [];
          let now = 0;
          for (const { afterMs, failed, slow } of calls) {
            now += afterMs;
            window.record(now, failed, slow);
            all.push({ at: now, failed, slow });

            const step = maxCalls === Infinity ? 0 : Math.ceil(maxCalls / buckets);
            const stepMs = windowMs === Infinity ? 0 : windowMs / buckets;
            const most = all.filter(({ at }) => now - at < windowMs).slice(-maxCalls);
            const enough = Math.max(1, maxCalls - step + 1);
            // A billionth for the rounding of fractions of a millisecond.
            const least = all.filter(({ at }) => now - at < windowMs - stepMs - 1e-9).slice(-enough);
            expect(window.calls).toBeLessThanOrEqual(most.length);
            expect(window.calls).toBeGreaterThanOrEqual(least.length);
            // What is counted is exactly the latest so many calls.
            const counted = all.slice(all.length - window.calls);
            expect(window.failures).toBe(counted.filter((one) => one.failed).length);
            expect(window.slow).toBe(counted.filter((one) => one.slow).length);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('names what is wrong with an option', () => {
    expect(() => new SlidingWindow({ windowMs: 0 })).toThrow(
      new RangeError('windowMs must be a number from 1 to Infinity, got 0'),
    );
    expect(() => new SlidingWindow({ maxCalls: 1.5 })).toThrow(RangeError);
    expect(() => new SlidingWindow({ buckets: 0 })).toThrow(
      'buckets must be a whole number from 1 to 1000, got 0',
    );
  });
});
