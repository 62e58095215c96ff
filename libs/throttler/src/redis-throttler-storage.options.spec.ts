import {
  type RedisThrottlerStorageOptions,
  resolveStorageOptions,
} from './redis-throttler-storage.options.js';

describe('options of the storage (C3)', () => {
  it('have defaults, and are frozen', () => {
    const resolved = resolveStorageOptions({});
    expect(resolved).toEqual({
      keyPrefix: 'throttler:',
      whenDown: 'memory',
      timeoutMs: 250,
      instances: 1,
      memoryMaxBytes: 33_554_432,
    });
    expect(Object.isFrozen(resolved)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['keyPrefix', 'a{b}'],
    ['keyPrefix', 'x'.repeat(129)],
    ['whenDown', 'pass'],
    ['timeoutMs', 0],
    ['timeoutMs', Number.NaN],
    ['timeoutMs', 60_001],
    ['instances', 0],
    ['instances', 1.5],
    ['memoryMaxBytes', 1],
    ['memoryMaxBytes', Infinity],
  ])('refuse %s = %p by name', (name, value) => {
    const options = { [name]: value } as RedisThrottlerStorageOptions;
    expect(() => resolveStorageOptions(options)).toThrow(new RegExp(`^${name} = .*: accepted is `));
  });
});
