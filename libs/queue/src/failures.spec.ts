import { RedisReplyError, RedisTimeoutError, RedisUnavailableError } from '@holdfast/redis';
import { isAway, mayHaveRun } from './failures.js';

const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });

describe('failures', () => {
  it.each([
    [new RedisUnavailableError({ outcome: 'not-sent', message: '' }), true, false],
    [new RedisTimeoutError({ outcome: 'unknown', message: '' }), true, true],
    [new RedisReplyError({ reply: 'WRONGTYPE', message: '' }), false, false],
    [reply('OOM command not allowed when used memory > maxmemory'), true, false],
    [reply('LOADING Redis is loading the dataset in memory'), true, false],
    [reply('WRONGTYPE Operation against a key'), false, false],
    [new Error('Connection is closed.'), true, true],
    [Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), true, true],
    [Object.assign(new Error('Missing key for parent job p'), { code: -5 }), false, true],
    [Object.assign(new Error('bad argument'), { code: 'ERR_INVALID_ARG_TYPE' }), false, true],
    [new TypeError('no function'), false, true],
  ])('%s: Redis is away %s, may have run %s', (error, away, ran) => {
    expect(isAway(error)).toBe(away);
    if (away) expect(mayHaveRun(error)).toBe(ran);
  });
});
