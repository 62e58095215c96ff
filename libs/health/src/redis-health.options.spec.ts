import { resolveCheckOptions } from './redis-health.options.js';

describe('options of a check (C4)', () => {
  it('have defaults', () => {
    expect(resolveCheckOptions({}, {})).toEqual({
      timeoutMs: 1_000,
      whenDown: 'down',
      connection: undefined,
    });
  });

  it('are taken from the check, then from the module', () => {
    const defaults = { timeout: 300, whenDown: 'degraded', connection: 'jobs' } as const;
    expect(resolveCheckOptions(defaults, { timeout: 50 })).toEqual({
      timeoutMs: 50,
      whenDown: 'degraded',
      connection: 'jobs',
    });
  });

  it.each([0, -1, Number.NaN, Infinity, '100' as unknown as number])('refuse timeout = %p', (timeout) => {
    expect(() => resolveCheckOptions({}, { timeout })).toThrow(/timeout = .*accepted/);
  });

  it('refuse another whenDown', () => {
    expect(() => resolveCheckOptions({}, { whenDown: 'up' as 'down' })).toThrow(/whenDown = up: accepted/);
  });
});
