import { RedisArgumentError } from '../errors/redis-error.js';
import {
  checkInteger,
  checkKey,
  checkKeys,
  checkNumber,
  checkValue,
  checkValues,
  toTtlMs,
} from './arguments.js';

describe('A4 arguments', () => {
  it('take strings and Buffers for keys, and numbers for values too', () => {
    const bytes = Buffer.from('a');
    expect([checkKey('a'), checkKey(''), checkKey(bytes)]).toEqual(['a', '', bytes]);
    expect(checkKeys(['a', bytes])).toEqual(['a', bytes]);
    expect([checkValue(''), checkValue(1.5), checkValue(bytes)]).toEqual(['', 1.5, bytes]);
    expect(checkValues([1, 'a'])).toEqual([1, 'a']);
    expect([checkInteger(-5, 'x'), checkNumber(-0.5, 'x')]).toEqual([-5, -0.5]);
  });

  it.each([
    [() => checkKey(undefined), 'A key must be a string or a Buffer, not undefined.'],
    [() => checkKey(['secret']), 'not an array'],
    [() => checkKey({ secret: 1 }), 'not an object'],
    [() => checkKeys([]), 'At least one key is needed.'],
    [() => checkKeys(['a', null]), 'not null'],
    [() => checkValue(NaN), 'not NaN. Serialise it first, e.g. with JSON.stringify.'],
    [() => checkValue(Infinity), 'not Infinity'],
    [() => checkValue({ secret: 1 }), 'not an object'],
    [() => checkValue(true), 'not boolean'],
    [() => checkValue(new Date()), 'not an object'],
    [() => checkValues([]), 'At least one value is needed.'],
    [() => checkInteger(1.5, 'The increment'), 'The increment must be an integer, not 1.5.'],
    [() => checkInteger('1', 'start'), 'start must be an integer, not string.'],
    [() => checkInteger(2 ** 53, 'start'), 'must be an integer'],
    [() => checkNumber(NaN, 'A score'), 'A score must be a finite number, not NaN.'],
  ])('are refused before they are sent: %s', (attempt, message) => {
    expect(attempt).toThrow(RedisArgumentError);
    expect(attempt).toThrow(message);
    expect(attempt).not.toThrow('secret');
  });
});

describe('A4 time to live', () => {
  it.each([
    [1, 1_000],
    [0.001, 1],
    [0.0015, 2],
    [1.5, 1_500],
    [86_400, 86_400_000],
    [1e11, 1e14],
  ])('of %d s is %d ms', (seconds, ms) => {
    expect(toTtlMs(seconds)).toBe(ms);
  });

  it.each([0, -1, 0.0009, 1e11 + 1, NaN, Infinity, '60', null, undefined, 5n])('is not %p', (seconds) => {
    expect(() => toTtlMs(seconds)).toThrow(
      'A time to live must be a number of seconds from 0.001 to 100000000000',
    );
  });
});
