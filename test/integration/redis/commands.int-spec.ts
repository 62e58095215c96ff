import { RedisArgumentError, RedisReplyError, type RedisService } from '@holdfast/redis';
import { RedisServer } from '@holdfast/testing';
import { closeServices, openService } from './open-service.js';

describe('A4: commands of RedisService', () => {
  let server: RedisServer;
  let redis: RedisService;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = openService({ url: server.url });
    await redis.connect();
  });
  afterAll(async () => {
    await closeServices();
    await server.stop();
  });
  beforeEach(() => redis.flushDb());

  it('stores, reads and deletes values, also under their aliases', async () => {
    await redis.set('text', 'hello');
    await redis.setKey('number', 42);
    await redis.set('bytes', Buffer.from('raw'));
    expect(await redis.get('text')).toBe('hello');
    expect(await redis.getKey('number')).toBe('42');
    expect(await redis.mget(['text', 'none', 'bytes'])).toEqual(['hello', null, 'raw']);
    expect(await redis.getMultipleKeys(['number'])).toEqual(['42']);
    expect(await redis.exists('text', 'none', 'number')).toBe(2);
    expect(await redis.del('text', 'none')).toBe(1);
    expect(await redis.get('text')).toBeNull();
  });

  it('keeps time to live in seconds, fractions included', async () => {
    await redis.set('short', 'x', 0.05);
    await redis.set('long', 'x', 100);
    expect(await redis.ttl('long')).toBe(100);
    expect(await redis.ttl('none')).toBe(-2);
    await redis.set('kept', 'x');
    expect(await redis.ttl('kept')).toBe(-1);
    expect(await redis.expire('kept', 1.5)).toBe(true);
    expect(await redis.expire('none', 1)).toBe(false);
    expect(await redis.getClient().pttl('kept')).toBeGreaterThan(1_000);
    await expect(expired(redis, 'short')).resolves.toBe(true);
  });

  it('stores many values at once, with and without time to live', async () => {
    await redis.mset({ a: 1, b: 'two' });
    await redis.mset({ c: 3, d: 'four' }, 100);
    expect(await redis.mget(['a', 'b', 'c', 'd'])).toEqual(['1', 'two', '3', 'four']);
    expect([await redis.ttl('a'), await redis.ttl('c'), await redis.ttl('d')]).toEqual([-1, 100, 100]);
    await redis.mset({});
    expect(await redis.mget([])).toEqual([]);
  });

  it('counts', async () => {
    expect(await redis.incr('n')).toBe(1);
    expect(await redis.incrBy('n', 10)).toBe(11);
    expect(await redis.incrBy('n', -2)).toBe(9);
  });

  it('works on hashes, lists, sets and sorted sets', async () => {
    expect(await redis.hset('h', { name: 'Ada', age: 36 })).toBe(2);
    expect(await redis.hget('h', 'name')).toBe('Ada');
    expect(await redis.hget('h', 'none')).toBeNull();
    expect(await redis.hgetall('h')).toEqual({ name: 'Ada', age: '36' });
    expect(await redis.hdel('h', 'age', 'none')).toBe(1);
    expect(await redis.hgetall('none')).toEqual({});

    expect(await redis.rpush('l', 'b', 'c')).toBe(2);
    expect(await redis.lpush('l', 'a')).toBe(3);
    expect(await redis.lrange('l')).toEqual(['a', 'b', 'c']);
    expect(await redis.lrange('l', -1)).toEqual(['c']);
    expect([await redis.lpop('l'), await redis.rpop('l')]).toEqual(['a', 'c']);
    expect(await redis.lpop('none')).toBeNull();

    expect(await redis.sadd('s', 'x', 'y', 'x')).toBe(2);
    expect((await redis.smembers('s')).sort()).toEqual(['x', 'y']);

    const members = [
      { score: 2, member: 'two' },
      { score: 1.5, member: 'one' },
    ];
    expect(await redis.zadd('z', members)).toBe(2);
    expect(await redis.zrange('z')).toEqual(['one', 'two']);
    expect(await redis.zrange('z', 0, 0, { reverse: true })).toEqual(['two']);
  });

  it('runs transactions and pipelines', async () => {
    const results = await redis.multi().set('a', '1').incr('a').exec();
    expect(results).toEqual([
      [null, 'OK'],
      [null, 2],
    ]);
    const piped = await redis.pipeline().get('a').lpush('a', 'x').get('a').exec();
    expect(piped?.map(([error, value]) => (error ? (error as RedisReplyError).reply : value))).toEqual([
      '2',
      'WRONGTYPE',
      '2',
    ]);
  });

  it('puts the key prefix before every key', async () => {
    const prefixed = openService({ url: server.url, keyPrefix: 'app:' });
    await prefixed.connect();
    await prefixed.set('k', 'v');
    await prefixed.mset({ m: 1 }, 10);
    await prefixed.getClient().set('c', 'v');
    expect(await redis.mget(['app:k', 'app:m', 'app:c'])).toEqual(['v', '1', 'v']);
    expect(await prefixed.mget(['k', 'm'])).toEqual(['v', '1']);
  });

  it('tells a refusal of Redis from a failure of Redis', async () => {
    await redis.set('text', 'x');
    const error: unknown = await redis.lpush('text', 'secret-value').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RedisReplyError);
    expect(error).toMatchObject({ code: 'REDIS_REPLY', reply: 'WRONGTYPE', outcome: 'rejected' });
    expect(String(error)).toContain('LPUSH');
    expect(String(error)).not.toContain('secret-value');
  });

  it.each<[string, (service: RedisService) => Promise<unknown>, RegExp]>([
    ['a key that is no text', (service) => service.get(5 as never), /key.*not 5/],
    ['an object as a value', (service) => service.set('k', {} as never), /an object.*JSON\.stringify/],
    ['undefined as a value', (service) => service.set('k', undefined as never), /undefined/],
    ['NaN as a value', (service) => service.set('k', NaN), /finite number.*NaN/],
    ['a negative time to live', (service) => service.set('k', 'v', -1), /from 0\.001.*not -1/],
    ['a time to live of zero', (service) => service.set('k', 'v', 0), /not 0/],
    ['an absurd time to live', (service) => service.set('k', 'v', 1e15), /to 100000000000/],
    ['a fraction to count by', (service) => service.incrBy('k', 0.5), /integer, not 0\.5/],
    ['no key', (service) => service.del(), /At least one key/],
    ['no member', (service) => service.sadd('k'), /At least one value/],
    ['a score that is no number', (service) => service.zadd('k', [{ score: NaN, member: 'm' }]), /score/],
  ])('refuses %s and sends nothing', async (_, call, message) => {
    const error: unknown = await call(redis).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RedisArgumentError);
    expect(error).toMatchObject({ code: 'REDIS_INVALID_ARGUMENT', outcome: 'not-sent' });
    expect((error as Error).message).toMatch(message);
    expect(await redis.exists('k')).toBe(0);
  });

  it('refuses what would block or change the shared connection, and allows it on one of their own', async () => {
    const shared = redis.getClient();
    await expect(shared.blpop('queue', 1)).rejects.toMatchObject({ code: 'REDIS_REFUSED' });
    await expect(shared.watch('k')).rejects.toMatchObject({ code: 'REDIS_REFUSED' });
    await expect(shared.multi({ pipeline: false })).rejects.toMatchObject({ code: 'REDIS_REFUSED' });
    expect(await shared.xread('COUNT', 1, 'STREAMS', 'stream', '0')).toBeNull();
    const own = redis.duplicate();
    const popped = own.blpop('queue', 5);
    await redis.rpush('queue', 'job');
    expect(await popped).toEqual(['queue', 'job']);
  });

  it('does not call a script that failed halfway rejected: it may have written before', async () => {
    await redis.set('text', 'x');
    const script = 'redis.call("SET", "written", "1") return redis.call("LPUSH", "text", "x")';
    await expect(redis.guard('script', (client) => client.eval(script, 0))).rejects.toMatchObject({
      reply: 'WRONGTYPE',
      outcome: 'unknown',
    });
    expect(await redis.get('written')).toBe('1');
  });

  it('ends every command at the time-out or signal of within()', async () => {
    expect(await redis.within({ timeoutMs: 1_000 }).incr('n')).toBe(1);
    await server.pause();
    try {
      const limited = redis.within({ timeoutMs: 30 });
      const calls = [limited.incr('n'), limited.del('n'), limited.zrange('z'), limited.lpush('l', 'x')];
      for (const result of await Promise.allSettled(calls)) {
        expect(result).toMatchObject({ reason: { code: 'REDIS_TIMEOUT', outcome: 'unknown' } });
      }
      await expect(redis.within({ signal: AbortSignal.timeout(20) }).hgetall('h')).rejects.toMatchObject({
        code: 'REDIS_ABORTED',
      });
    } finally {
      await server.resume();
    }
    await redis.connect();
  });

  it('ends a call at its own time-out or signal', async () => {
    await server.pause();
    try {
      const signal = AbortSignal.timeout(20);
      const calls = [redis.get('k', { timeoutMs: 30 }), redis.get('k', { signal })];
      const [timedOut, aborted] = await Promise.allSettled(calls);
      expect(timedOut).toMatchObject({ reason: { code: 'REDIS_TIMEOUT', outcome: 'unknown' } });
      expect(aborted).toMatchObject({ reason: { code: 'REDIS_ABORTED', outcome: 'unknown' } });
      await expect(redis.get('k', { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'REDIS_ABORTED',
      });
    } finally {
      await server.resume();
    }
    await redis.connect();
  });
});

async function expired(redis: RedisService, key: string): Promise<boolean> {
  for (let look = 0; look < 100; look++) {
    if ((await redis.exists(key)) === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}
