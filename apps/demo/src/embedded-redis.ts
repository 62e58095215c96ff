import { RedisServer, RedisServerError } from '@holdfast/testing';

/** A Redis of the demo's own, for people who have none. It ends with the demo, however that ends. */
export interface EmbeddedRedis {
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a Redis server on a free port of the loopback address.
 *
 * @returns the server, or one sentence on why there is none: the demo goes on without
 */
export async function startEmbeddedRedis(): Promise<EmbeddedRedis | string> {
  try {
    return await RedisServer.start();
  } catch (error) {
    if (error instanceof RedisServerError) return error.message;
    throw error;
  }
}
