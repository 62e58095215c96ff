import { hitKeys } from './hit-keys.js';

describe('keys of a hit (C3)', () => {
  it('are readable where the key is plain, and of one slot', () => {
    expect(hitKeys('app:', { key: 'user:7', throttler: 'short' })).toEqual({
      record: 'app:{user:7}',
      hits: 'app:{user:7}:short',
    });
  });

  it.each(['', '}', '{a}', 'a b', 'a\nb', 'ä', 'x'.repeat(129), '#'.repeat(65)])(
    'are a digest for %p',
    (key) => {
      const digest = /^\{#[\da-f]{64}\}$/;
      expect(hitKeys('', { key, throttler: 't' }).record).toMatch(digest);
      expect(hitKeys('', { key: 'k', throttler: key }).hits).toMatch(/^\{k\}:#[\da-f]{64}$/);
    },
  );

  it('cannot be made to meet by giving a digest as the key', () => {
    const { record } = hitKeys('', { key: 'a b', throttler: 't' });
    expect(hitKeys('', { key: record.slice(1, -1), throttler: 't' }).record).not.toBe(record);
  });
});
