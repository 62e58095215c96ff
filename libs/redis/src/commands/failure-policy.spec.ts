import { RedisError, type RedisErrorCode } from '../errors/redis-error.js';
import type { CommandClass } from './command-class.js';
import { isAway, mayRepeat, repeatAfterMs, speaksAgainstRedis } from './failure-policy.js';

const failure = (
  code: RedisErrorCode,
  outcome: RedisError['outcome'] = 'not-sent',
  kind: string = code,
): RedisError => new RedisError({ code, outcome, kind, message: 'failed' });

const lost = failure('REDIS_CONNECTION_LOST', 'unknown', 'ECONNRESET');
const classes: readonly CommandClass[] = ['read', 'last-wins', 'accumulating', 'blocking', 'admin'];

describe('B7 what may be sent again', () => {
  it.each<[CommandClass, boolean]>([
    ['read', true],
    ['last-wins', true],
    ['accumulating', false],
    ['blocking', false],
    ['admin', false],
  ])('%s after a connection that broke before the answer: %p', (commandClass, expected) => {
    expect(mayRepeat(commandClass, lost)).toBe(expected);
  });

  it.each(classes)('%s that certainly did not run', (commandClass) => {
    expect(mayRepeat(commandClass, failure('REDIS_UNAVAILABLE', 'not-sent', 'ECONNREFUSED'))).toBe(true);
    expect(mayRepeat(commandClass, failure('REDIS_UNAVAILABLE', 'rejected', 'LOADING'))).toBe(true);
    // The connection itself tries again until the deadline.
    expect(mayRepeat(commandClass, failure('REDIS_UNAVAILABLE', 'rejected', 'READONLY'))).toBe(false);
  });

  it.each([
    failure('REDIS_TIMEOUT', 'unknown'),
    failure('REDIS_TIMEOUT', 'not-sent'),
    failure('REDIS_ABORTED'),
    failure('REDIS_CLOSED'),
    failure('REDIS_OVERLOADED'),
    failure('REDIS_QUEUE_FULL'),
    failure('REDIS_REFUSED'),
    failure('REDIS_REPLY', 'rejected', 'WRONGTYPE'),
    failure('REDIS_UNAVAILABLE', 'rejected', 'OOM'),
    failure('REDIS_UNAVAILABLE', 'rejected', 'MISCONF'),
    failure('REDIS_UNAVAILABLE', 'rejected', 'NOREPLICAS'),
  ])('B6: nothing after $code, $outcome, $kind: it would not help, or is not wanted', (of) => {
    for (const commandClass of classes) expect(mayRepeat(commandClass, of)).toBe(false);
  });

  it('after a random delay that grows and stays below half a second', () => {
    const delays = Array.from({ length: 200 }, (_, attempt) => repeatAfterMs(attempt));
    expect(delays[0]).toBeLessThanOrEqual(20);
    expect(Math.max(...delays)).toBeGreaterThan(20);
    expect(Math.max(...delays)).toBeLessThanOrEqual(500);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(5);
    expect(new Set(delays).size).toBeGreaterThan(100);
  });
});

describe('B2, B3 when memory may stand in', () => {
  it.each([
    lost,
    failure('REDIS_UNAVAILABLE', 'not-sent', 'ECONNREFUSED'),
    failure('REDIS_UNAVAILABLE', 'not-sent', 'CIRCUIT_OPEN'),
    failure('REDIS_UNAVAILABLE', 'rejected', 'LOADING'),
    failure('REDIS_TIMEOUT', 'unknown'),
  ])('after $code, $kind', (of) => {
    expect(isAway(of)).toBe(true);
  });

  it.each([
    failure('REDIS_REPLY', 'rejected', 'WRONGTYPE'),
    failure('REDIS_ABORTED'),
    failure('REDIS_REFUSED'),
    failure('REDIS_UNAVAILABLE', 'rejected', 'OOM'),
    failure('REDIS_UNAVAILABLE', 'rejected', 'READONLY'),
    failure('REDIS_UNAVAILABLE', 'rejected', 'MISCONF'),
    failure('REDIS_UNAVAILABLE', 'rejected', 'NOREPLICAS'),
  ])('not after $code, $kind: Redis is there, or nobody wants an answer', (of) => {
    expect(isAway(of)).toBe(false);
  });
});

describe('B1 what the breaker takes for a failure of Redis', () => {
  it.each([
    { of: lost, expected: true },
    { of: failure('REDIS_TIMEOUT', 'unknown'), expected: true },
    { of: failure('REDIS_UNAVAILABLE', 'rejected', 'LOADING'), expected: true },
    { of: failure('REDIS_UNAVAILABLE', 'not-sent', 'ECONNREFUSED'), expected: true },
    { of: failure('REDIS_REPLY', 'rejected', 'WRONGTYPE'), expected: false },
    { of: failure('REDIS_REPLY', 'rejected', 'NOSCRIPT'), expected: false },
    { of: failure('REDIS_UNAVAILABLE', 'rejected', 'OOM'), expected: false },
    { of: failure('REDIS_UNAVAILABLE', 'rejected', 'READONLY'), expected: false },
    { of: failure('REDIS_ABORTED'), expected: undefined },
    { of: failure('REDIS_OVERLOADED'), expected: undefined },
    { of: failure('REDIS_QUEUE_FULL'), expected: undefined },
    { of: failure('REDIS_REFUSED'), expected: undefined },
  ])('$of.code, $of.kind: $expected', ({ of, expected }) => {
    expect(speaksAgainstRedis(of)).toBe(expected);
  });
});
