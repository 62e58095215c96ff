import { isCacheLike, keysOf, textOf, ttlOf } from './cache-like-commands.js';

const binary = Buffer.from([0xff, 0xfe]);
const text = Buffer.from('ключ');

describe('B2 cache-like commands', () => {
  it.each([
    ['get', ['k']],
    ['get', [text]],
    ['set', ['k', 'v']],
    ['set', ['k', 1]],
    ['set', ['k', text, 'PX', 100]],
    ['mget', ['a', text]],
    ['mset', ['a', 1, 'b', 'NX']],
    ['del', ['a', 'b']],
    ['exists', ['a']],
    ['pexpire', ['a', 100]],
    ['ttl', ['a']],
  ])('%s %j may be answered from memory', (name, args) => {
    expect(isCacheLike(name, args)).toBe(true);
  });

  it.each([
    ['set', ['lock', 'me', 'NX']],
    ['set', ['lock', 'me', 'PX', 100, 'NX']],
    ['set', ['k', 'v', 'EX', 100]],
    ['set', ['k', 'v', 'GET']],
    ['pexpire', ['k', 100, 'GT']],
    ['incr', ['k']],
    ['lpush', ['k', 'v']],
    ['hset', ['k', 'f', 'v']],
    ['zadd', ['k', 1, 'm']],
    ['eval', ['return 1', 0]],
    ['exec', []],
    ['blpop', ['k', 1]],
    ['xadd', ['k', '*', 'f', 'v']],
    ['getdel', ['k']],
    ['constructor', ['k']],
  ])('B3: %s %j may not: it must not be guessed', (name, args) => {
    expect(isCacheLike(name, args)).toBe(false);
  });

  it.each([
    ['get', [binary]],
    ['set', [binary, 'v']],
    ['set', ['k', binary]],
    ['mset', ['k', 'v', 'l', binary]],
    ['del', ['k', binary]],
  ])('B3: %s %j may not: bytes that are no text would come back as others', (name, args) => {
    expect(isCacheLike(name, args)).toBe(false);
  });

  it.each([
    ['mget', ['a', text], ['a', 'ключ']],
    ['del', ['a', 'b'], ['a', 'b']],
    ['unlink', ['a', 'b'], ['a', 'b']],
    ['exists', ['a', 'a'], ['a', 'a']],
    ['mset', ['a', 1, 'b', 2], ['a', 'b']],
    ['set', ['a', 'b'], ['a']],
    ['hset', ['a', 'f', 'v'], ['a']],
    ['flushdb', [], []],
  ])('the keys of %s %j are %j', (name, args, keys) => {
    expect(keysOf(name, args)).toEqual(keys);
  });

  it('values are as Redis stores them', () => {
    expect(['v', 1.5, 0, text].map(textOf)).toEqual(['v', '1.5', '0', 'ключ']);
    expect([ttlOf(['k', 'v']), ttlOf(['k', 'v', 'PX', 100])]).toEqual([undefined, 100]);
  });
});
