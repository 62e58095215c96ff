import { classifyCommand } from './command-class.js';

describe('B7 class of a command', () => {
  it.each([
    'get',
    'GET',
    'mget',
    'hgetall',
    'lrange',
    'smembers',
    'zrange',
    'ttl',
    'exists',
    'scan',
    'ping',
    'info',
    'eval_ro',
  ])('%s may be repeated', (name) => {
    expect(classifyCommand(name)).toBe('read');
  });

  it.each([
    'set',
    'setex',
    'mset',
    'del',
    'unlink',
    'expire',
    'hset',
    'hdel',
    'sadd',
    'srem',
    'zadd',
    'zrem',
    'setbit',
    'flushdb',
  ])('%s leaves the same state when it is repeated', (name) => {
    expect(classifyCommand(name)).toBe('last-wins');
  });

  it.each([
    'incr', 'incrby', 'decr', 'incrbyfloat', 'hincrby', 'zincrby', 'append', 'lpush', 'rpush', 'lpop', 'rpop', 'linsert', 'lmove',
    'spop', 'smove', 'zpopmin', 'getset', 'getdel', 'setnx', 'msetnx', 'rename', 'copy', 'xadd', 'xack', 'xreadgroup', 'publish',
    'eval', 'evalsha', 'fcall', 'exec', 'multi', 'bitfield', 'sort', 'restore',
    // Once more takes away as many again.
    'ltrim', 'zremrangebyrank',
  ])('%s is repeated only when it certainly did not run', (name) => {
    expect(classifyCommand(name)).toBe('accumulating');
  }); // prettier-ignore

  it.each(['no-such-command', 'constructor', '__proto__', '', 'my.module'])(
    '%p is not known, so it is taken for the worst',
    (name) => {
      expect(classifyCommand(name)).toBe('accumulating');
    },
  );

  it.each([
    ['blpop', 'blocking'],
    ['wait', 'blocking'],
    ['config', 'admin'],
    ['quit', 'admin'],
    ['script', 'admin'],
  ])('%s is %s', (name, expected) => {
    expect(classifyCommand(name)).toBe(expected);
  });

  it.each([
    ['set', ['k', 'v', 'PX', 100]],
    ['set', ['k', 'NX']],
    ['set', ['GET', 'GET', 'EX', 1]],
    ['set', ['k', Buffer.alloc(100), 'KEEPTTL']],
    ['zadd', ['k', 'GT', 1, 'm']],
    ['hset', ['k', 'f', 'NX']],
  ])('%s %j is still last-wins', (name, args) => {
    expect(classifyCommand(name, args)).toBe('last-wins');
  });

  it.each([
    ['set', ['k', 'v', 'NX']],
    ['set', ['k', 'v', 'px', 100, 'nx']],
    ['set', ['k', 'v', 'XX']],
    ['set', ['k', 'v', 'GET']],
    ['set', ['k', 'v', Buffer.from('NX')]],
    ['zadd', ['k', 'INCR', 1, 'm']],
    ['zadd', ['k', 'NX', 1, 'm']],
  ])('%s %j answers differently the second time', (name, args) => {
    expect(classifyCommand(name, args)).toBe('accumulating');
  });

  it.each([
    ['set', ['k', 'v', 'XX', 'EX', 5], 'accumulating'],
    ['SET', ['k', 'v', 'NX'], 'accumulating'],
    ['set', ['k', 'v', Buffer.from('a long value that is no option')], 'last-wins'],
    ['zadd', ['k', 'XX', 1, 'm'], 'last-wins'],
    ['ZADD', ['k', 'nx', 1, 'm'], 'accumulating'],
    ['mset', ['k', 'NX', 'l', 'GET'], 'last-wins'],
    ['BLPOP', ['k', 1], 'blocking'],
  ])('%s %j is %s', (name, args, expected) => {
    expect(classifyCommand(name, args)).toBe(expected);
  });
});
