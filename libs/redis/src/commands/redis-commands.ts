import type { ChainableCommander } from 'ioredis';
import {
  checkInteger, checkKey, checkKeys, checkNumber, checkValue, checkValues, type RedisKey, type RedisValue, toTtlMs,
} from './arguments.js'; // prettier-ignore
import type { CommandArguments, RedisCallOptions } from './call.js';
import type { ValuesWithSource } from '../fallback/memory-fallback.js';
import type { CommandExecutor } from './command-executor.js';

/** Members of a sorted set with their scores. */
export type ScoredMembers = ReadonlyArray<{ score: number; member: RedisValue }>;

/**
 * The commands of Redis an application needs every day, with checked arguments and plain results. Values are
 * strings; numbers are stored as Redis prints them. Every method rejects as {@link CommandExecutor.run} says.
 */
export abstract class RedisCommands {
  protected abstract readonly executor: CommandExecutor;
  /** Limits of every call, unless it has its own. */
  protected readonly limits: RedisCallOptions | undefined;

  /**
   * The same commands under other limits, also those that take none of their own. Transactions and pipelines keep
   * the connection's.
   *
   * @example await redis.within({ timeoutMs: 200, signal: request.signal }).incr('visits');
   */
  within(limits: RedisCallOptions): RedisCommands {
    return new LimitedCommands(this.executor, { ...this.limits, ...limits });
  }

  /** Value of a key, `null` when there is none. `GET` */
  async get(key: RedisKey, options?: RedisCallOptions): Promise<string | null> {
    return this.run('get', [checkKey(key)], options);
  }

  /** Stores a value; with a time to live in seconds (fractions allowed) it expires. `SET`, `SET … PX` */
  async set(
    key: RedisKey,
    value: RedisValue,
    ttlSeconds?: number,
    options?: RedisCallOptions,
  ): Promise<void> {
    const args = [checkKey(key), checkValue(value)];
    if (ttlSeconds !== undefined) args.push('PX', toTtlMs(ttlSeconds));
    await this.run('set', args, options);
  }

  /** Values of several keys, in their order; `null` where there is none. `MGET` */
  async mget(keys: readonly RedisKey[], options?: RedisCallOptions): Promise<Array<string | null>> {
    if (keys.length === 0) return [];
    return this.run('mget', checkKeys(keys), options);
  }

  /** Values of several keys like {@link mget}, and where they come from. `MGET` */
  async mgetWithSource(keys: readonly RedisKey[], options?: RedisCallOptions): Promise<ValuesWithSource> {
    const { value, source } = await this.executor.runWithSource<Array<string | null>>('mget', checkKeys(keys), options);
    return { values: value, source };
  } // prettier-ignore

  /**
   * Stores several values at once, all or none. With a time to live in seconds it applies to each of them.
   * While memory stands in for Redis they may arrive there one after the other. `MSET`, or `MULTI` with `SET … PX`
   */
  async mset(values: Readonly<Record<string, RedisValue>>, ttlSeconds?: number, options?: RedisCallOptions): Promise<void> {
    const entries = Object.entries(values).map(([key, value]): [string, RedisValue] => [key, checkValue(value)]);
    if (entries.length === 0) return;
    if (ttlSeconds === undefined) {
      await this.run('mset', entries.flat(), options);
      return;
    }
    const ttlMs = toTtlMs(ttlSeconds);
    const chain = this.multi();
    for (const [key, value] of entries) chain.set(key, value, 'PX', ttlMs);
    try {
      await chain.exec();
      for (const [key, value] of entries) this.executor.observed('set', [key, value, 'PX', ttlMs]);
    } catch (error) {
      if (!this.executor.standsIn(error)) throw error;
      await Promise.all(entries.map(([key, value]) => this.set(key, value, ttlSeconds, options)));
    }
  } // prettier-ignore

  /** Deletes keys and tells how many there were. `DEL` */
  async del(...keys: readonly RedisKey[]): Promise<number> {
    return this.run('del', checkKeys(keys));
  }

  /** Like {@link del}; Redis frees the memory of large values in the background. `UNLINK` */
  async unlink(...keys: readonly RedisKey[]): Promise<number> {
    return this.run('unlink', checkKeys(keys));
  }

  /** Tells how many of the keys exist. `EXISTS` */
  async exists(...keys: readonly RedisKey[]): Promise<number> {
    return this.run('exists', checkKeys(keys));
  }

  /**
   * Lets a key expire after so many seconds (fractions allowed); false when there is no such key. While memory stands
   * in, Redis hears of it on recovery, and until then lets the key go at the time it knew before. `PEXPIRE`
   */
  async expire(key: RedisKey, ttlSeconds: number): Promise<boolean> {
    return (await this.run<number>('pexpire', [checkKey(key), toTtlMs(ttlSeconds)])) === 1;
  }

  /** Seconds a key has left, rounded; -1 when it does not expire, -2 when there is none. `TTL` */
  async ttl(key: RedisKey): Promise<number> {
    return this.run('ttl', [checkKey(key)]);
  }

  /** Adds one and returns the sum. Never sent twice. `INCR` */
  async incr(key: RedisKey): Promise<number> {
    return this.run('incr', [checkKey(key)]);
  }

  /** Adds an integer, which may be negative, and returns the sum. Never sent twice. `INCRBY` */
  async incrBy(key: RedisKey, by: number): Promise<number> {
    return this.run('incrby', [checkKey(key), checkInteger(by, 'The increment')]);
  }

  /** Sets fields of a hash and tells how many are new. `HSET` */
  async hset(key: RedisKey, fields: Readonly<Record<string, RedisValue>>): Promise<number> {
    const pairs = Object.entries(fields).flatMap(([field, value]) => [field, checkValue(value)]);
    return this.run('hset', [checkKey(key), ...checkValues(pairs)]);
  }

  /** Value of a field of a hash, `null` when there is none. `HGET` */
  async hget(key: RedisKey, field: string): Promise<string | null> {
    return this.run('hget', [checkKey(key), checkValue(field)]);
  }

  /** All fields of a hash; empty when there is no such key. `HGETALL` */
  async hgetall(key: RedisKey): Promise<Record<string, string>> {
    return this.run('hgetall', [checkKey(key)]);
  }

  /** Removes fields of a hash and tells how many there were. `HDEL` */
  async hdel(key: RedisKey, ...fields: readonly string[]): Promise<number> {
    return this.run('hdel', [checkKey(key), ...checkValues(fields)]);
  }

  /** Puts values before a list and returns its length. Never sent twice. `LPUSH` */
  async lpush(key: RedisKey, ...values: readonly RedisValue[]): Promise<number> {
    return this.run('lpush', [checkKey(key), ...checkValues(values)]);
  }

  /** Puts values behind a list and returns its length. Never sent twice. `RPUSH` */
  async rpush(key: RedisKey, ...values: readonly RedisValue[]): Promise<number> {
    return this.run('rpush', [checkKey(key), ...checkValues(values)]);
  }

  /** Part of a list, both ends included, negative ones counted from its end. `LRANGE` */
  async lrange(key: RedisKey, start = 0, stop = -1): Promise<string[]> {
    return this.run('lrange', [checkKey(key), checkInteger(start, 'start'), checkInteger(stop, 'stop')]);
  }

  /** Takes the first value of a list, `null` when it is empty. Never sent twice. `LPOP` */
  async lpop(key: RedisKey): Promise<string | null> {
    return this.run('lpop', [checkKey(key)]);
  }

  /** Takes the last value of a list, `null` when it is empty. Never sent twice. `RPOP` */
  async rpop(key: RedisKey): Promise<string | null> {
    return this.run('rpop', [checkKey(key)]);
  }

  /** Adds members to a set and tells how many are new. `SADD` */
  async sadd(key: RedisKey, ...members: readonly RedisValue[]): Promise<number> {
    return this.run('sadd', [checkKey(key), ...checkValues(members)]);
  }

  /** Members of a set, in no order. `SMEMBERS` */
  async smembers(key: RedisKey): Promise<string[]> {
    return this.run('smembers', [checkKey(key)]);
  }

  /** Adds members to a sorted set, or moves them, and tells how many are new. `ZADD` */
  async zadd(key: RedisKey, members: ScoredMembers): Promise<number> {
    const pairs = members.flatMap(({ score, member }) => [checkNumber(score, 'A score'), checkValue(member)]);
    return this.run('zadd', [checkKey(key), ...checkValues(pairs)]);
  }

  /** Members of a sorted set by rank, both ends included, lowest score first unless reversed. `ZRANGE [REV]` */
  async zrange(key: RedisKey, start = 0, stop = -1, order: { reverse?: boolean } = {}): Promise<string[]> {
    const args = [checkKey(key), checkInteger(start, 'start'), checkInteger(stop, 'stop')];
    return this.run('zrange', order.reverse ? [...args, 'REV'] : args);
  }

  /** Starts a transaction; its commands run together or not at all, at `exec()`. Never sent twice. `MULTI` */
  multi(): ChainableCommander {
    return this.executor.chain('multi');
  }

  /** Starts a pipeline: its commands are sent together at `exec()`, each with a result of its own. */
  pipeline(): ChainableCommander {
    return this.executor.chain('pipeline');
  }

  /** The same as {@link get}. */
  async getKey(key: RedisKey): Promise<string | null> {
    return this.get(key);
  }

  /** The same as {@link set}. */
  async setKey(key: RedisKey, value: RedisValue, ttlSeconds?: number): Promise<void> {
    await this.set(key, value, ttlSeconds);
  }

  /** The same as {@link mget}. */
  async getMultipleKeys(keys: readonly RedisKey[]): Promise<Array<string | null>> {
    return this.mget(keys);
  }

  protected run<T>(name: string, args: CommandArguments, options = this.limits): Promise<T> {
    return this.executor.run<T>(name, args, options);
  }
}

class LimitedCommands extends RedisCommands {
  constructor(
    protected readonly executor: CommandExecutor,
    protected override readonly limits: RedisCallOptions,
  ) {
    super();
  }
}
