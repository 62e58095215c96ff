import type { RedisService } from '@holdfast/redis';
import { RedisServer } from '@holdfast/testing';
import { RedisThrottlerStorage } from '@holdfast/throttler';
import fc from 'fast-check';
import { closeServices, openService } from '../redis/open-service.js';
import {
  changingHits,
  type HitRecord,
  OriginalStorage,
  steadyHits,
  type TimedHit,
} from './original-storage.js';

/**
 * The storage at a time of ours. In earnest the script takes the time of Redis, which no test can set: two
 * sequences would then have to agree to the millisecond in spite of what lies between them.
 */
class SteppedStorage extends RedisThrottlerStorage {
  now = 1_790_000_000_123;

  protected override scriptTime(): readonly number[] {
    return [this.now];
  }

  hit({ afterMs, key, ttl, limit, blockDuration, throttler }: TimedHit): Promise<HitRecord> {
    this.now += afterMs;
    return this.increment(key, ttl, limit, blockDuration, throttler);
  }
}

describe('C3: the storage in Redis behaves like the one in memory, hit for hit', () => {
  let server: RedisServer;
  let redis: RedisService;
  let runs = 0;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = openService({ url: server.url });
    await redis.connect();
  });
  afterAll(async () => {
    await closeServices();
    await server.stop();
  });

  const sameRecords = (hits: fc.Arbitrary<TimedHit[]>) =>
    fc.asyncProperty(hits, async (sequence) => {
      const stepped = new SteppedStorage(redis, { keyPrefix: `run${runs++}:`, timeoutMs: 10_000 });
      const original = new OriginalStorage();
      try {
        for (const hit of sequence) {
          const inRedis = await stepped.hit(hit);
          expect(inRedis).toEqual(await original.increment(hit, stepped.now));
        }
        expect(stepped.isDegraded).toBe(false);
      } finally {
        original.close();
      }
    });

  it('with throttlers whose numbers stay', async () => {
    await fc.assert(sameRecords(steadyHits), { numRuns: 150 });
  }, 60_000);

  it('with numbers that change from hit to hit', async () => {
    await fc.assert(sameRecords(changingHits), { numRuns: 150 });
  }, 60_000);

  it('with many hits that expire at once, and one by one', async () => {
    const stepped = new SteppedStorage(redis, { keyPrefix: 'many:', timeoutMs: 10_000 });
    const original = new OriginalStorage();
    const hit = { key: 'k', ttl: 1_000, limit: 500, blockDuration: 300, throttler: 't' };
    const pauses = [...Array(300).fill(0), ...Array(150).fill(7), 600, ...Array(60).fill(5), 900, ...Array(700).fill(0), 301];
    for (const afterMs of pauses as number[]) {
      const timed = { ...hit, afterMs };
      const inRedis = await stepped.hit(timed);
      expect(inRedis).toEqual(await original.increment(timed, stepped.now));
    }
    original.close();
  }, 60_000); // prettier-ignore

  it('also where the clock of Redis goes back', async () => {
    const stepped = new SteppedStorage(redis, { keyPrefix: 'back:', timeoutMs: 10_000 });
    const original = new OriginalStorage();
    for (const afterMs of [0, 100, -400, 50, 200, -100, 0, 900, 300, 400, 500]) {
      const timed = { key: 'k', ttl: 1_000, limit: 4, blockDuration: 0, throttler: 't', afterMs };
      const inRedis = await stepped.hit(timed);
      expect(inRedis).toEqual(await original.increment(timed, stepped.now));
    }
    original.close();
  });

  it('in the time of Redis too', async () => {
    const storage = new RedisThrottlerStorage(redis, { keyPrefix: 'real:' });
    const blocked = { isBlocked: true, timeToBlockExpire: 2, totalHits: 3 };
    for (const totalHits of [1, 2]) {
      expect(await storage.increment('k', 60_000, 2, 1_200, 't')).toMatchObject({ totalHits, isBlocked: false, timeToExpire: 60 }); // prettier-ignore
    }
    expect(await storage.increment('k', 60_000, 2, 1_200, 't')).toMatchObject(blocked);
    // Not counted while blocked.
    expect(await storage.increment('k', 60_000, 2, 1_200, 't')).toMatchObject(blocked);
    await new Promise((resolve) => setTimeout(resolve, 1_250));
    expect(await storage.increment('k', 60_000, 2, 1_200, 't')).toMatchObject({
      totalHits: 1,
      isBlocked: false,
    });
  });
});
