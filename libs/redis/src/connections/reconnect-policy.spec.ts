import { ReconnectPolicy, type ReconnectOptions } from './reconnect-policy.js';

const highest = (): number => 1 - Number.EPSILON;

function setUp(options: Partial<ReconnectOptions> = {}, random: () => number = highest) {
  const time = { now: 1_000 };
  const policy = new ReconnectPolicy(
    { reconnectMinDelayMs: 50, reconnectMaxDelayMs: 2_000, ...options },
    () => time.now,
    random,
  );
  const fail = (tookMs = 0): number | null => {
    policy.attempted();
    time.now += tookMs;
    return policy.next();
  };
  const holdFor = (ms: number): number | null => {
    policy.attempted();
    policy.ready();
    time.now += ms;
    return policy.next();
  };
  return { policy, time, fail, holdFor };
}

describe('A8 reconnect policy', () => {
  it('doubles the largest possible delay up to the maximum, for ever', () => {
    const { fail, policy } = setUp();
    expect(Array.from({ length: 8 }, () => fail())).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
    for (let attempt = 0; attempt < 10_000; attempt++) fail();
    expect(fail()).toBe(2_000);
    expect(policy.gaveUp).toBe(false);
  });

  it('draws from the whole interval, so that clients do not come back all at once', () => {
    let draw = 0;
    const { fail } = setUp({ reconnectMinDelayMs: 2_000 }, () => (draw++ % 100) / 100);
    const delays = Array.from({ length: 100 }, () => fail() ?? 0);
    expect(new Set(delays).size).toBe(100);
    expect(Math.min(...delays)).toBeLessThan(50);
    expect(Math.max(...delays)).toBeGreaterThan(1_900);
  });

  it('waits a little even after the luckiest draw', () => {
    expect(setUp({}, () => 0).fail()).toBe(10);
  });

  it('counts from the start of the attempt: one that took long does not wait on top', () => {
    const { fail } = setUp({ reconnectMinDelayMs: 2_000 });
    expect(fail(500)).toBe(1_500);
    expect(fail(5_000)).toBe(10);
  });

  it('begins with the smallest delay again after a connection that held', () => {
    const { fail, holdFor } = setUp();
    for (let attempt = 0; attempt < 5; attempt++) fail();
    expect(holdFor(5_000)).toBe(50);
    expect(fail()).toBe(100);
  });

  it('keeps the delay growing, a little, while connections break soon after they were made', () => {
    const { holdFor } = setUp();
    expect(Array.from({ length: 7 }, () => holdFor(100))).toEqual([50, 100, 200, 400, 400, 400, 400]);
  });
});

describe('REDIS_RECONNECT_MAX_ATTEMPTS (section E)', () => {
  it('gives up after so many failed attempts in a row', () => {
    const { fail, policy } = setUp({ reconnectMaxAttempts: 3 });
    expect([fail(), fail(), fail()]).toEqual([50, 100, null]);
    expect(policy).toMatchObject({ gaveUp: true, failedAttempts: 3 });
  });

  it('counts from the last connection on, even one that broke at once', () => {
    const { fail, holdFor, policy } = setUp({ reconnectMaxAttempts: 3 });
    fail();
    fail();
    expect(holdFor(1)).not.toBeNull();
    expect([fail(), fail()]).not.toContain(null);
    expect(policy.gaveUp).toBe(false);
    expect(fail()).toBeNull();
  });

  it('starts afresh with the next attempt that somebody asks for', () => {
    const { fail, policy } = setUp({ reconnectMaxAttempts: 2 });
    fail();
    expect(fail()).toBeNull();
    expect(fail()).toBe(50);
    expect(policy).toMatchObject({ gaveUp: false, failedAttempts: 1 });
  });

  it('counts failed attempts for whoever decides whether to wait', () => {
    const { fail, holdFor, policy } = setUp();
    expect(policy.failedAttempts).toBe(0);
    fail();
    fail();
    expect(policy.failedAttempts).toBe(2);
    holdFor(1);
    expect(policy.failedAttempts).toBe(0);
  });

  it('takes a connection for suspect from a failed attempt on until it is usable again', () => {
    const { fail, holdFor, policy } = setUp();
    holdFor(1);
    expect(policy.suspect).toBe(false);
    fail();
    policy.attempted();
    expect(policy.suspect).toBe(true);
    policy.ready();
    expect(policy.suspect).toBe(false);
  });
});
