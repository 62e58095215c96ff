import type { RedisOptions } from 'ioredis';
import type { ResolvedRedisOptions } from '../configuration/redis.options.js';
import { roleRules, type RedisConnectionRole } from './connection-role.js';

const blockingCommands = ['blpop', 'brpop', 'brpoplpush', 'blmove', 'bzpopmin', 'bzpopmax', 'blmpop', 'bzmpop', 'xread', 'xreadgroup', 'wait', 'waitaof']; // prettier-ignore

/** Longest pause between two looks at a server that is loading its data. */
const maxLoadingRetryMs = 500;

/** A socket that was told to end is destroyed after this time; ioredis keeps the timer, and the process, for it. */
const disconnectTimeoutMs = 500;

/** Says to ioredis what our options mean for a connection of this role. */
export function toIoredisOptions(
  options: ResolvedRedisOptions,
  role: RedisConnectionRole,
): RedisOptions & { replyMapping?: 'legacy' } {
  const rules = roleRules[role];
  const { host, port, username, password, db, tls } = options.target;
  return {
    host,
    port,
    db,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    // The server name defaults to the host, which Node leaves out for addresses.
    ...(tls === undefined ? {} : { tls: { ...tls } }),
    connectTimeout: options.connectTimeoutMs,
    disconnectTimeout: disconnectTimeoutMs,
    keepAlive: options.keepAliveMs,
    maxRetriesPerRequest: rules.waitsForEver ? null : options.maxRetriesPerRequest,
    maxLoadingRetryTime: maxLoadingRetryMs,
    keyPrefix: rules.keyPrefix ? options.keyPrefix : '',
    enableAutoPipelining: rules.autoPipelining && options.enableAutoPipelining,
    autoPipeliningIgnoredCommands: blockingCommands,
    enableReadyCheck: true,
    // GuardedRedis does it, also when the connection breaks meanwhile.
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
  };
}
