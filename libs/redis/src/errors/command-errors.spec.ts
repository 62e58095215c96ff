import {
  refusedOnShared,
  connectionEnded,
  connectionLost,
  notSent,
  timedOut,
  toRedisError,
  waitingQueueFull,
} from './command-errors.js';
import {
  RedisArgumentError,
  RedisConfigurationError,
  RedisError,
  RedisReplyError,
  RedisUnavailableError,
} from './redis-error.js';

const place = 'app:shared (redis.local:6379)';
const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6379'), { code: 'ECONNREFUSED' });
const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });

describe('B3 errors of commands', () => {
  it.each([
    ['notSent', notSent('get', place, refused), 'REDIS_UNAVAILABLE', 'not-sent'],
    ['connectionLost', connectionLost('get', place, refused), 'REDIS_CONNECTION_LOST', 'unknown'],
    ['connectionEnded', connectionEnded('get', place, refused), 'REDIS_CLOSED', 'not-sent'],
    ['waitingQueueFull', waitingQueueFull('get', place), 'REDIS_QUEUE_FULL', 'not-sent'],
    ['timedOut waiting', timedOut('get', place, 'not-sent', 500), 'REDIS_TIMEOUT', 'not-sent'],
    ['timedOut in flight', timedOut('get', place, 'unknown', 500), 'REDIS_TIMEOUT', 'unknown'],
    ['refusedOnShared', refusedOnShared('get', place), 'REDIS_REFUSED', 'not-sent'],
  ])('%s has code and outcome, and names command and connection', (_, error, code, outcome) => {
    expect(error).toMatchObject({ code, outcome });
    expect(error.message).toContain('GET');
    expect(error.message).toContain(place);
    expect(error.name).toBe(error.constructor.name);
    expect(RedisError.isRedisError(error)).toBe(true);
  });

  it('say what to do', () => {
    expect(notSent('get', place, refused).message).toBe(
      `GET was not sent: ${place} is not connected (ECONNREFUSED). Nothing listens there. Start Redis, or check REDIS_URL or REDIS_HOST and REDIS_PORT.`,
    );
    expect(notSent('get', place, undefined).message).toBe(`GET was not sent: ${place} is not connected.`);
    expect(waitingQueueFull('get', place).message).toContain('REDIS_MAX_WAITING_BYTES');
    expect(refusedOnShared('blpop', place).message).toContain('redisService.duplicate()');
    expect(connectionEnded('get', place, undefined).message).toContain('connect() opens it again');
  });

  it('tell plainly whether the command may have run', () => {
    expect(timedOut('incr', place, 'not-sent', 500).message).toBe(
      `INCR was not sent: ${place} was not connected within 500 ms. It will not run later.`,
    );
    expect(timedOut('incr', place, 'unknown', undefined).message).toBe(
      `INCR was not answered by ${place} within its deadline: it may or may not have run.`,
    );
    expect(connectionLost('incr', place, undefined).message).toBe(
      `${place} broke (CONNECTION_CLOSED) before INCR was answered: it may or may not have run.`,
    );
  });

  it('keep their cause', () => {
    expect(notSent('get', place, refused).cause).toBe(refused);
    expect('cause' in notSent('get', place, undefined)).toBe(false);
  });
});

describe('A12 errors from elsewhere become errors of this package', () => {
  it('an answer about the command is a RedisReplyError', () => {
    const wrong = reply('WRONGTYPE Operation against a key holding the wrong kind of value');
    const error = toRedisError(wrong, 'incr', place);
    expect(error).toBeInstanceOf(RedisReplyError);
    expect(error).toMatchObject({
      code: 'REDIS_REPLY',
      reply: 'WRONGTYPE',
      outcome: 'rejected',
      cause: wrong,
    });
    expect(error.message).toBe(
      `INCR was refused by ${place}: WRONGTYPE Operation against a key holding the wrong kind of value. The key holds another type of value. TYPE key tells which.`,
    );
  });

  it('a server that cannot serve is a RedisUnavailableError, and repeating is safe', () => {
    const error = toRedisError(reply('LOADING Redis is loading the dataset in memory'), 'get', place);
    expect(error).toBeInstanceOf(RedisUnavailableError);
    expect(error).toMatchObject({ code: 'REDIS_UNAVAILABLE', outcome: 'rejected' });
  });

  it('a failure of the network leaves open whether the command ran', () => {
    expect(toRedisError(refused, 'get', place)).toMatchObject({ outcome: 'unknown', connection: place });
  });

  it('what has a type already stays as it is', () => {
    const error = notSent('get', place, undefined);
    expect(toRedisError(error, 'set', 'elsewhere')).toBe(error);
  });

  it('something that is no error is wrapped all the same', () => {
    expect(toRedisError('odd', 'get', place).message).toContain('odd');
  });

  it('no values are in the message, although Redis quotes the arguments of a command it does not know', () => {
    const quoting = reply("ERR unknown command 'AUHT', with args beginning with: 'me' 'hunter2' ");
    const { message } = toRedisError(quoting, 'auht', place);
    expect(message).not.toMatch(/hunter2|'me'/);
    expect(message).toContain("unknown command 'AUHT'");
  });
});

describe('errors of this package', () => {
  it('are known by their brand, also those of another copy of the package', () => {
    const other = Object.assign(new Error('x'), { [Symbol.for('holdfast.redis.error')]: true });
    expect(RedisError.isRedisError(other)).toBe(true);
    expect([new Error('x'), null, undefined, 'x', {}].some((value) => RedisError.isRedisError(value))).toBe(
      false,
    );
  });

  it('are errors with the name of their class', () => {
    const error = new RedisArgumentError('A key is needed.');
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'RedisArgumentError',
      code: 'REDIS_INVALID_ARGUMENT',
      outcome: 'not-sent',
    });
  });

  it('about the configuration list every issue, for people and for programs', () => {
    const issues = [
      { setting: 'REDIS_PORT', value: '"abc"', accepted: 'accepted is an integer' },
      { setting: 'REDIS_PASSWORD', accepted: 'contradicts REDIS_URL' },
    ];
    const error = new RedisConfigurationError(issues);
    expect(error.message).toBe(
      'Redis is not configured correctly:\n  REDIS_PORT = "abc": accepted is an integer\n  REDIS_PASSWORD: contradicts REDIS_URL',
    );
    expect(error.issues).toEqual(issues);
    expect(Object.isFrozen(error.issues)).toBe(true);
  });
});
