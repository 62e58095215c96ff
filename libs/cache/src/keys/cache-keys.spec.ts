import fc from 'fast-check';
import { CacheError } from '../cache.errors.js';
import { CacheKeys, escapeGlob } from './cache-keys.js';

describe('keys of a cache (C1)', () => {
  const keys = new CacheKeys('app:cache');

  it('lie below its prefix, each kind in a place of its own', () => {
    expect([keys.entry('k'), keys.tag('k'), keys.lock('k'), keys.cleared]).toEqual([
      'app:cache:entry:k',
      'app:cache:tag:k',
      'app:cache:lock:k',
      'app:cache:cleared',
    ]);
    expect(keys.keyOf(keys.entry('a:b'))).toBe('a:b');
  });

  it('are told from those of other caches', () => {
    const outer = new CacheKeys('app');
    for (const own of [keys.entry('x'), keys.tag('x'), keys.lock('x')]) {
      expect([keys.isOwn(own), outer.isOwn(own)]).toEqual([true, false]);
    }
    expect([keys.isEntry(keys.entry('x')), keys.isEntry(keys.tag('x')), keys.isOwn('app:cachet')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each(['', ' ', 'a b', 'a\n', 'x:entry', 'entry', 'a:tag:b', 'lock:x', 'cleared', 'x'.repeat(129), 5 as never])(
    'refuse the prefix %j',
    (prefix) => expect(() => new CacheKeys(prefix)).toThrow(CacheError),
  ); // prettier-ignore

  it.each([['', 'an empty one'], [undefined, 'undefined'], [5, 'number'], [Buffer.from('k'), 'object']])(
    'refuse %p',
    (key, found) => {
      expect(() => keys.entry(key as string)).toThrow(`A key must be text that is not empty, not ${found}.`);
      expect(() => keys.tag(key as string)).toThrow(`A tag must be text that is not empty, not ${found}.`);
    },
  ); // prettier-ignore

  it('are short, whatever they are made of, and never two of the same', () => {
    const odd = [
      '\ud800',
      '\ud801',
      '\ufffd',
      'sha256:x',
      'k'.repeat(513),
      'k'.repeat(514),
      `${'k'.repeat(513)}\n`,
    ];
    const stored = new Set(odd.map((key) => Buffer.from(keys.entry(key)).toString('hex')));
    expect(stored.size).toBe(odd.length);
    for (const key of odd) expect(keys.entry(key).length).toBeLessThan(100);
    // Who writes the digest of a long key as his own does not get its value.
    expect(keys.entry(keys.keyOf(keys.entry('k'.repeat(513))))).not.toBe(keys.entry('k'.repeat(513)));
  });

  it('different keys never become one on their way to Redis', () => {
    const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 600 });
    const sent = (text: string): string => Buffer.from(keys.entry(text), 'utf8').toString('hex');
    fc.assert(fc.property(key, key, (a, b) => a === b || sent(a) !== sent(b)));
  });

  it('lose their meaning in a pattern', () => {
    expect(escapeGlob('a*b?[c-d]^\\')).toBe('a\\*b\\?\\[c\\-d\\]\\^\\\\');
  });
});
