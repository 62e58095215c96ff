import { createRedisCache, type RedisCache } from '@holdfast/cache';
import { RedisServer } from '@holdfast/testing';
import { createCache } from 'cache-manager';
import { closeServices, openService } from '../redis/open-service.js';

type Pwned = typeof globalThis & { pwned?: number };

const own = (text: string): object => JSON.parse(text) as object;

/** What goes in, and what comes back. The table of the README says the same. */
const values: Array<[name: string, value: unknown, back: unknown]> = [
  ['a string', 'text', 'text'],
  ['an empty string', '', ''],
  ['a string of a function', '_function_x|globalThis.pwned = 1', '_function_x|globalThis.pwned = 1'],
  ['a string of a lazy function', '_function_x|() => (globalThis.pwned = 1)', '_function_x|() => (globalThis.pwned = 1)'],
  ['a string of a date', '_date_2020-01-01T00:00:00.000Z', '_date_2020-01-01T00:00:00.000Z'],
  ['a string that looks like a date', '2020-01-01T00:00:00.000Z', '2020-01-01T00:00:00.000Z'],
  ['a string of a regular expression', '_regexp_g|x', '_regexp_g|x'],
  ['a string of a symbol', '_symbol_x', '_symbol_x'],
  ['a string of a registered symbol', '_gsymbol_x', '_gsymbol_x'],
  ['a string of a duplicate', '_duplicate_["v"]', '_duplicate_["v"]'],
  ['strings of numbers', ['_NaN_', '_Infinity_', '_-Infinity_', '_bigint_1'], ['_NaN_', '_Infinity_', '_-Infinity_', '_bigint_1']],
  ['a string of undefined', ['_undefined_'], ['_undefined_']],
  ['strings with colons', [':a', '::b', ':base64:YQ==', 'c:'], [':a', '::b', ':base64:YQ==', 'c:']],
  ['an object that telejson takes for a class', { '_constructor-name_': 'X(){}; pwned = 1' }, { '_constructor-name_': 'X(){}; pwned = 1' }],
  ['an object that telejson takes for an error', { __isConvertedError__: true }, { __isConvertedError__: true }],
  ['a key __proto__', own('{"__proto__":{"admin":true},"constructor":{"prototype":1}}'), own('{"__proto__":{"admin":true},"constructor":{"prototype":1}}')],
  ['half a surrogate pair', '\ud800', '\ud800'],
  ['signs of all planes', 'ä€😀\u0000\n\r\t"\\', 'ä€😀\u0000\n\r\t"\\'],
  ['null', null, null],
  ['zero and false', [0, -0, false], [0, 0, false]],
  ['a Date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['an invalid Date', [new Date(Number.NaN)], [null]],
  ['undefined in an object', { a: undefined, b: 1 }, { b: 1 }],
  ['undefined in an array', [undefined, 1], [null, 1]],
  ['NaN and Infinity', [Number.NaN, Infinity], [null, null]],
  ['a function in an object', { f: () => 1, a: 1 }, { a: 1 }],
  ['a function in an array', [() => 1], [null]],
  ['a Buffer', { b: Buffer.from([0, 255, 10]) }, { b: Buffer.from([0, 255, 10]) }],
  ['a Uint8Array', new Uint8Array([1, 2]), Buffer.from([1, 2])],
  ['an object with toJSON', { toJSON: () => ({ x: 1 }) }, { x: 1 }],
  ['an instance of a class', new (class { a = 1; get b() { return 2; } })(), { a: 1 }],
]; // prettier-ignore

describe('C1: what comes back for what was stored', () => {
  let server: RedisServer;
  let cache: RedisCache;
  let manager: ReturnType<typeof createCache>;

  beforeAll(async () => {
    server = await RedisServer.start();
    const redis = openService({ url: server.url, fallback: 'memory' });
    await redis.connect();
    cache = createRedisCache(redis);
    manager = createCache({ stores: [cache.keyv] });
  });
  afterAll(async () => {
    await closeServices();
    await server.stop();
  });
  afterEach(() => {
    if ((globalThis as Pwned).pwned !== undefined) throw new Error('A value was evaluated.');
    if ('admin' in {}) throw new Error('A value has changed the prototype of objects.');
  });

  it.each(values)('%s', async (_name, value, back) => {
    await manager.set('k', value, 60_000);
    expect(await manager.get('k')).toEqual(back);
    expect(await manager.mget(['k'])).toEqual([back]);
    expect(await cache.service.get('k')).toEqual(back);
    await cache.service.set('s', value);
    expect(await manager.get('s')).toEqual(back);
    expect(await cache.service.getOrSet('made', () => value, { ttlMs: 1 })).toEqual(back);
  });

  it('undefined: nothing, and what was there before is gone', async () => {
    await manager.set('k', 1);
    await manager.set('k', undefined);
    expect(await manager.get('k')).toBeUndefined();
    await cache.service.set('k', 1);
    await cache.service.set('k', undefined);
    expect(await cache.service.get('k')).toBeUndefined();
  });

  it('5 MB of text and of bytes', async () => {
    const text = '_function_x|"\\\n'.repeat(350_000);
    await manager.set('text', text);
    expect((await manager.get('text')) === text).toBe(true);
    const bytes = Buffer.alloc(5_000_000, 0xab);
    await manager.set('bytes', { bytes });
    expect((await manager.get<{ bytes: Buffer }>('bytes'))?.bytes.equals(bytes)).toBe(true);
  });

  it.each([
    ['telejson of a function', '"_function_x|globalThis.pwned = 1"'],
    ['text that closes the object of the store', '1}, "w": "_function_x|globalThis.pwned = 1", "y": {"z": 1'],
    ['an envelope of Keyv with a function', '{"value":"_function_x|(globalThis.pwned = 1)()"}'],
    ['no JSON', '{"v":1,"at":1,"value":'],
    ['an entry without a time', '{"v":1,"value":1}'],
    ['an entry with tags that are none', '{"v":1,"at":1,"tags":[1],"value":1}'],
    ['an entry of a later version', '{"v":2,"at":1,"value":1}'],
    ['a number', '1'],
    ['nothing', ''],
    ['deep nesting', `{"v":1,"at":1,"value":${'['.repeat(200_000)}`],
  ])('what others wrote counts as a miss: %s', async (_name, text) => {
    await server.command('SET', 'cache:entry:foreign', text);
    await manager.set('own', 1);
    expect(await manager.get('foreign')).toBeUndefined();
    expect(await manager.mget(['foreign', 'own'])).toEqual([undefined, 1]);
    expect(await cache.service.get('foreign')).toBeUndefined();
    expect(await cache.service.getOrSet('foreign', () => 'made')).toBe('made');
  });

  it('evaluates nothing of an entry that was forged as well', async () => {
    const forged = '{"v":1,"at":1,"value":{"f":"_function_x|globalThis.pwned = 1","_constructor-name_":"X"}}';
    await server.command('SET', 'cache:entry:foreign', forged);
    expect(await manager.get('foreign')).toEqual({ f: '_function_x|globalThis.pwned = 1', '_constructor-name_': 'X' });
  }); // prettier-ignore

  it('a key that holds a list is a miss, and is written over', async () => {
    await server.command('DEL', 'cache:entry:list');
    await server.command('RPUSH', 'cache:entry:list', 'x');
    expect(await manager.get('list')).toBeUndefined();
    expect(await cache.service.getOrSet('list', () => 1)).toBe(1);
    expect(await manager.get('list')).toBe(1);
  });

  it('keys of all kinds are kept apart', async () => {
    const long = 'k'.repeat(1_000_000);
    const keys = ['a b', 'a\nb', 'a\r\nDEL x', 'ä😀', '__proto__', '*', '{t}', long, `${long}2`, '\ud800', '\ud801', 'sha256:x'];
    await Promise.all(keys.map((key, index) => manager.set(key, index, 60_000)));
    expect(await manager.mget(keys)).toEqual(keys.map((_, index) => index));
    expect(await Promise.all(keys.map((key) => cache.service.get(key)))).toEqual(keys.map((_, index) => index));
  }); // prettier-ignore
});
