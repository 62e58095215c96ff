import fc from 'fast-check';
import { decodeEntry, encodeEntry, headerLength, isEntryText, madeAt } from './cache-entry.js';

describe('an entry as text (C1)', () => {
  it('is an envelope of Keyv, and small', () => {
    expect(encodeEntry({ value: 1, at: 5 })).toBe('{"v":1,"at":5,"value":1}');
    expect(encodeEntry({ value: 'x', at: 5, expires: 9, tags: { t: 'v' } })).toBe(
      '{"v":1,"at":5,"expires":9,"tags":{"t":"v"},"value":"x"}',
    );
    expect(encodeEntry({ value: undefined, at: 5 })).toBe('{"v":1,"at":5}');
  });

  it('comes back as JSON keeps it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, at) => {
        const text = encodeEntry({ value, at, expires: at + 1, tags: { a: 'b' } });
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(decodeEntry(text)).toEqual({ v: 1, at, expires: at + 1, tags: { a: 'b' }, value: plain });
        expect(madeAt(text.slice(0, headerLength))).toBe(at);
      }),
    );
  });

  it('keeps strings with colons and bytes apart, wherever they are', () => {
    const leaf = fc.oneof(
      fc.constantFrom(':', '::', ':base64:', '::base64:', '":base64:', '"::', '_function_x|1'),
      fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes)),
      fc.string(),
    );
    const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(leaf.map(String), leaf));
    fc.assert(
      fc.property(value, (original) => {
        expect(decodeEntry(encodeEntry({ value: original, at: 1 }))?.value).toEqual(original);
      }),
    );
  });

  it('is nothing when it is anything else', () => {
    const texts = [null, undefined, '', '{}', '1', '{"v":1,', '{"v":1,"at":"1"}', '{"v":1,"at":1,"expires":"x"}',
      '{"v":1,"at":1,"tags":[]}', '{"v":1,"at":1,"tags":{"a":1}}', '{"v":2,"at":1}', '{"value":1}']; // prettier-ignore
    for (const text of texts) expect(decodeEntry(text)).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => void decodeEntry(`{"v":1,${text}`)));
  });

  it('begins like nothing that telejson would revive', () => {
    const revived = /^_(?:function|regexp|date|duplicate|symbol|gsymbol|bigint|undefined|NaN|-?Infinity)_/;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = encodeEntry({ value, at: 1 });
        expect(isEntryText(text) && !revived.test(text)).toBe(true);
      }),
    );
    expect(isEntryText('_function_x|1')).toBe(false);
  });

  it('has no time when it is no entry', () => {
    for (const header of [null, '', 'x', '{"v":1,"at":', '{"v":1,"at":12', '{"v":2,"at":1,']) {
      expect(madeAt(header)).toBe(0);
    }
  });

  it('has a time that fits into its header, for as long as there are clocks', () => {
    expect(madeAt(encodeEntry({ value: 1, at: 99_999_999_999_999 }).slice(0, headerLength))).toBe(99_999_999_999_999);
  }); // prettier-ignore
});
