import type { Redis } from 'ioredis';
import type { SettingInput, SettingValues } from './settings.js';

/**
 * What a user writes. Everything is optional; what is not given comes from the environment, then from the
 * defaults.
 *
 * `url`, `host` or `port` given here make a target of their own: of `url`, `host`, `port`, `username`, `password`,
 * `db` and `tls` nothing is taken from the environment then. `username`, `password`, `db` and `tls` without them
 * replace that part of the environment's target, also what `REDIS_URL` says of it.
 */
export interface RedisModuleOptions extends SettingInput {
  /**
   * A connected or connecting client of your own to use as the shared one. It is borrowed: never configured,
   * watched by heartbeats, or closed.
   */
  client?: Redis;
}

/** Where the server is and who we are there. */
export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number;
  readonly tls: RedisTls | undefined;
}

/** TLS material, files already read. */
export interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

type Tuning = Omit<
  SettingValues,
  | 'url'
  | 'host'
  | 'port'
  | 'username'
  | 'password'
  | 'db'
  | 'allowFlushDb'
  | `tls${string}`
>; // prettier-ignore

/** What the code reads: complete and frozen. */
export interface ResolvedRedisOptions extends Tuning {
  readonly target: RedisTarget;
  readonly allowFlushDb: boolean;
  readonly client: Redis | undefined;
}
