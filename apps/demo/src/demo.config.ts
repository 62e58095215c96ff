import { basename } from 'node:path';

/** What the demo takes from the environment beside what `@holdfast/redis` reads itself. */
export interface DemoConfig {
  /** Port of the HTTP server; 0 is any free one. @default 3000 */
  readonly port: number;
  /** Whether the environment says where Redis is. Without it the demo starts one of its own. */
  readonly hasRedis: boolean;
  /** First part of the connection names in `CLIENT LIST`. */
  readonly appName: string;
  /** How many posts a minute are taken from an address. @default 600 */
  readonly postsPerMinute: number;
  /** How to call a Redis server by hand. */
  readonly redisServerCommand: string;
}

/** A setting that makes no sense; its message is all that a person needs to see. */
export class DemoConfigError extends Error {}

/**
 * Reads the environment. The only place of the demo that does.
 *
 * @throws {DemoConfigError} when PORT is not a port or DEMO_POSTS_PER_MINUTE not a whole number
 */
export function readDemoConfig(env: NodeJS.ProcessEnv = process.env): DemoConfig {
  const port = env.PORT || '3000';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new DemoConfigError(`PORT = ${JSON.stringify(port)} is not a port: give a number from 1 to 65535.`);
  }
  const postsPerMinute = env.DEMO_POSTS_PER_MINUTE || '600';
  if (!/^[1-9]\d{0,6}$/.test(postsPerMinute)) {
    throw new DemoConfigError(
      `DEMO_POSTS_PER_MINUTE = ${JSON.stringify(postsPerMinute)} is no limit: give a number from 1 to 9999999.`,
    );
  }
  return {
    port: Number(port),
    hasRedis: Boolean(env.REDIS_URL || env.REDIS_HOST || env.REDIS_PORT),
    appName: env.REDIS_APP_NAME || 'demo',
    postsPerMinute: Number(postsPerMinute),
    redisServerCommand: env.REDIS_SERVER_BIN ? basename(env.REDIS_SERVER_BIN) : 'redis-server',
  };
}
