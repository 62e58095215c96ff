import { ManualClock } from '@holdfast/resilience';
import { ThrottlerStorageService } from '@nestjs/throttler';
import fc from 'fast-check';
import type { Hit, HitRecord } from '../hit.js';
import { hitKeys } from '../hit-keys.js';
import { MemoryThrottler } from './memory-throttler.js';

const start = 1_790_000_000_123;

function throttler(maxBytes = 1_000_000): { clock: ManualClock; memory: MemoryThrottler; hit: (hit: Hit) => HitRecord } {
  const clock = new ManualClock(start);
  const memory = new MemoryThrottler({ maxBytes, clock });
  return { clock, memory, hit: (hit) => memory.increment(hitKeys('', hit), hit) };
} // prettier-ignore

const hits = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.nat(60), fc.constantFrom(499, 500, 1_000, 1_001, 1_500, 5_000)),
    key: fc.constantFrom('a', 'b'),
    ttlMs: fc.constantFrom(0, 0.25, 10.5, 500, 1_000, 1_500),
    limit: fc.constantFrom(0, 1, 2, 2.5, 5),
    blockDurationMs: fc.constantFrom(0, 0.5, 400, 1_000, 1_700.25),
    throttler: fc.constantFrom('short', 'long'),
  }),
  { minLength: 1, maxLength: 200, size: 'max' },
);

describe('counting in memory (C3)', () => {
  it('gives the records of the in-memory storage of @nestjs/throttler', async () => {
    await fc.assert(
      fc.asyncProperty(hits, async (sequence) => {
        const { clock, hit } = throttler();
        const original = new ThrottlerStorageService();
        const now = jest.spyOn(Date, 'now').mockImplementation(() => clock.now());
        try {
          for (const { afterMs, ...next } of sequence) {
            clock.advance(afterMs);
            const { key, ttlMs, limit, blockDurationMs } = next;
            const record = await original.increment(key, ttlMs, limit, blockDurationMs, next.throttler);
            // Of -0 and 0, which are one in a header, it may be either there.
            const { timeToExpire, timeToBlockExpire } = record;
            expect(hit(next)).toEqual({
              ...record,
              timeToExpire: timeToExpire + 0,
              timeToBlockExpire: timeToBlockExpire + 0,
            });
          }
        } finally {
          now.mockRestore();
          original.onApplicationShutdown();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('forgets the keys hit least recently when it is full', () => {
    const { memory, hit } = throttler(65_536);
    const next = { ttlMs: 60_000, limit: 5, blockDurationMs: 0, throttler: 't' };
    for (let index = 0; index < 10_000; index++) {
      hit({ ...next, key: `k${index}` });
      hit({ ...next, key: 'steady' });
    }
    expect(memory.bytes).toBeLessThanOrEqual(65_536);
    expect(hit({ ...next, key: 'steady' }).isBlocked).toBe(true);
    expect(hit({ ...next, key: 'k0' }).totalHits).toBe(1);
  });

  it('goes on from what is known, once', () => {
    const { clock, memory, hit } = throttler();
    const next = { key: 'k', ttlMs: 1_000, limit: 5, blockDurationMs: 1_000, throttler: 't' };
    const keys = hitKeys('', next);
    const prior = { count: 3, expireAt: start + 700, windowEndsAt: start + 400, blockEndsAt: undefined };
    memory.resume(keys, 't', prior);
    memory.resume(keys, 't', prior);
    expect(memory.knows(keys, 't')).toBe(true);
    expect(memory.knows(keys, 'u')).toBe(false);
    expect(hit(next)).toMatchObject({ totalHits: 4, timeToExpire: 1 });
    clock.advance(700);
    expect(hit(next)).toMatchObject({ totalHits: 2 });
    memory.clear();
    expect(hit(next)).toMatchObject({ totalHits: 1 });
  });

  it('takes over a block for all throttlers of the key, and ends it in time', () => {
    const { clock, memory, hit } = throttler();
    const next = { key: 'k', ttlMs: 60_000, limit: 5, blockDurationMs: 1_000, throttler: 't' };
    memory.resume(hitKeys('', next), 't', { count: 6, expireAt: start + 60_000, windowEndsAt: start + 60_000, blockEndsAt: start + 500 });
    expect(hit(next)).toMatchObject({ isBlocked: true, timeToBlockExpire: 1, totalHits: 6 });
    expect(hit({ ...next, throttler: 'u' })).toMatchObject({ isBlocked: true });
    clock.advance(500);
    expect(hit(next)).toMatchObject({ isBlocked: false, totalHits: 1 });
  }); // prettier-ignore
});
