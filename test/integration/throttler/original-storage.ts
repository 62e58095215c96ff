import { ThrottlerStorageService } from '@nestjs/throttler';
import fc from 'fast-check';

/** A hit, and how much later than its predecessor it comes. */
export interface TimedHit {
  readonly afterMs: number;
  readonly key: string;
  readonly ttl: number;
  readonly limit: number;
  readonly blockDuration: number;
  readonly throttler: string;
}

export type HitRecord = Awaited<ReturnType<ThrottlerStorageService['increment']>>;

/** The in-memory storage of `@nestjs/throttler`, at a time of ours. Its sweep, once a minute, has not come yet. */
export class OriginalStorage {
  readonly #storage = new ThrottlerStorageService();

  /** `-0`, which a header shows as 0, is made 0. */
  async increment({ key, ttl, limit, blockDuration, throttler }: TimedHit, now: number): Promise<HitRecord> {
    const clock = Date.now;
    Date.now = () => now;
    try {
      // All of it happens before the first `await`.
      const record = this.#storage.increment(key, ttl, limit, blockDuration, throttler);
      Date.now = clock;
      const { timeToExpire, timeToBlockExpire, ...rest } = await record;
      return { ...rest, timeToExpire: timeToExpire + 0, timeToBlockExpire: timeToBlockExpire + 0 };
    } finally {
      Date.now = clock;
    }
  }

  close(): void {
    this.#storage.onApplicationShutdown();
  }
}

const afterMs = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 60 }) },
  { weight: 2, arbitrary: fc.constantFrom(499, 500, 999, 1_000, 1_001, 1_500, 2_000, 5_000) },
);
const ttl = fc.constantFrom(0, 0.25, 1, 10.5, 99.9, 500, 1_000, 1_000.5, 1_500, 3_000);
const limit = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom(2.5, 40) },
);
const blockDuration = fc.constantFrom(0, 0, 0.5, 20, 400, 1_000, 1_700.25, 5_000); // prettier-ignore

/** Every hit with numbers of its own, as where `ttl` and `limit` are functions of the request. */
export const changingHits: fc.Arbitrary<TimedHit[]> = fc.array(
  fc.record({
    afterMs,
    key: fc.constantFrom('a', 'b'),
    ttl,
    limit,
    blockDuration,
    throttler: fc.constantFrom('short', 'long'),
  }),
  { minLength: 1, maxLength: 120, size: 'max' },
);

/** Throttlers whose numbers stay, as most are; some share their keys, as with a `generateKey` of one's own. */
export const steadyHits: fc.Arbitrary<TimedHit[]> = fc
  .record({
    throttlers: fc.array(fc.record({ ttl, limit, blockDuration, throttler: fc.constantFrom('x', 'y', 'z') }), {
      minLength: 1,
      maxLength: 3,
    }),
    steps: fc.array(fc.record({ afterMs, key: fc.constantFrom('a', 'b'), index: fc.nat(2) }), {
      minLength: 1,
      maxLength: 250,
      size: 'max',
    }),
  })
  .map(({ throttlers, steps }) =>
    steps.map(({ afterMs, key, index }) => ({
      ...(throttlers[index % throttlers.length] as Omit<TimedHit, 'afterMs' | 'key'>),
      afterMs,
      key,
    })),
  ); // prettier-ignore
