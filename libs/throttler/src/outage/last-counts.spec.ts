import { ManualClock } from '@holdfast/resilience';
import { hitKeys } from '../hit-keys.js';
import { LastCounts } from './last-counts.js';

const hit = { key: 'k', ttlMs: 10_000, limit: 5, blockDurationMs: 30_000, throttler: 't' };
const keys = hitKeys('', hit);

describe('the last counts of Redis (C3)', () => {
  it('hold for one ttl', () => {
    const clock = new ManualClock(1_000);
    const last = new LastCounts({ maxBytes: 10_000, clock });
    last.remember(keys, hit, { totalHits: 3, timeToExpire: 4, isBlocked: false, timeToBlockExpire: -1_790_000_000 });
    expect(last.recall(keys)).toEqual({ count: 3, expireAt: 11_000, windowEndsAt: 5_000, blockEndsAt: undefined });
    expect(last.recall(hitKeys('', { ...hit, throttler: 'u' }))).toBeUndefined();
    clock.advance(10_000);
    expect(last.recall(keys)).toBeUndefined();
  }); // prettier-ignore

  it('hold for a block that is longer, without its hits in the end', () => {
    const clock = new ManualClock(1_000);
    const last = new LastCounts({ maxBytes: 10_000, clock });
    last.remember(keys, hit, { totalHits: 6, timeToExpire: 4, isBlocked: true, timeToBlockExpire: 30 });
    clock.advance(29_000);
    expect(last.recall(keys)).toMatchObject({ count: 0, blockEndsAt: 31_000 });
    clock.advance(1_000);
    expect(last.recall(keys)).toBeUndefined();
  });

  it('are forgotten when there are too many, the oldest first', () => {
    const last = new LastCounts({ maxBytes: 10_000, clock: new ManualClock() });
    const record = { totalHits: 1, timeToExpire: 4, isBlocked: false, timeToBlockExpire: 0 };
    const keysOf = (index: number) => hitKeys('', { ...hit, key: `k${index}` });
    for (let index = 0; index < 100; index++) last.remember(keysOf(index), hit, record);
    expect(last.recall(keysOf(0))).toBeUndefined();
    expect(last.recall(keysOf(99))?.count).toBe(1);
  });
});
