import { checkLifeMs, resolveCacheOptions, resolvePolicy } from './redis-cache.options.js';

describe('options of a cache (C1)', () => {
  it('have defaults', () => {
    expect(resolveCacheOptions()).toEqual({
      prefix: 'cache',
      commandTimeoutMs: 1_000,
      lockTtlMs: 5_000,
      memory: undefined,
      policy: {
        ttlMs: undefined,
        graceMs: 0,
        softTimeoutMs: 500,
        hardTimeoutMs: 10_000,
        jitterRatio: 0,
        refreshAheadRatio: 0,
      },
    });
    expect(resolveCacheOptions({ memory: {} }).memory).toEqual({ ttlMs: 1_000, maxBytes: 52_428_800 });
  });

  it('are taken from the call, then from the module', () => {
    const { policy } = resolveCacheOptions({ ttlMs: 100, graceMs: 5, hardTimeoutMs: 300 });
    expect(resolvePolicy(policy, { ttlMs: 7 })).toMatchObject({ ttlMs: 7, graceMs: 5, softTimeoutMs: 300 });
    expect(resolvePolicy(policy, { ttlMs: Infinity })).toMatchObject({ ttlMs: undefined });
  });

  it.each([
    ...[0, -1, Number.NaN, 1e300, -Infinity, '5'].map((ttlMs) => ({ ttlMs })),
    ...[-1, Number.NaN, Infinity].map((graceMs) => ({ graceMs })),
    ...[-1, Infinity].map((softTimeoutMs) => ({ softTimeoutMs })),
    ...[0, Number.NaN, Infinity].map((hardTimeoutMs) => ({ hardTimeoutMs })),
    ...[-0.1, 1.1].flatMap((ratio) => [{ jitterRatio: ratio }, { refreshAheadRatio: ratio }]),
    { commandTimeoutMs: 0 },
    { lockTtlMs: 1 },
    { lockTtlMs: 1_000.5 },
    { memory: { ttlMs: 0 } },
    { memory: { maxBytes: 0.5 } },
  ])('refuse %j, naming option, value and what is accepted', (options) => {
    const [name] = Object.keys(options);
    expect(() => resolveCacheOptions(options as never)).toThrow(new RegExp(`^${name}.* = .*: accepted is `));
  });

  it('take a time to live in whole milliseconds, never less than it was', () => {
    expect([checkLifeMs('t', 0.1), checkLifeMs('t', 99.5), checkLifeMs('t', Infinity)]).toEqual([1, 100, undefined]);
  }); // prettier-ignore
});
