import { createHash } from 'node:crypto';
import { RedisError, type RedisService } from '@holdfast/redis';

/** A script of one key, sent by its digest, and by its text to a server that does not know it. */
export class LuaScript {
  readonly #operation: string;
  readonly #text: string;
  readonly #sha: string;

  /** @param operation name for errors and metrics */
  constructor(operation: string, text: string) {
    this.#operation = operation;
    this.#text = text;
    this.#sha = createHash('sha1').update(text).digest('hex');
  }

  /** @throws what {@link RedisService.guard} throws */
  async run(redis: RedisService, key: string, ...args: ReadonlyArray<string | number>): Promise<unknown> {
    try {
      return await redis.guard(this.#operation, (client) => client.evalsha(this.#sha, 1, key, ...args));
    } catch (error) {
      if (!RedisError.isRedisError(error) || error.kind !== 'NOSCRIPT') throw error;
      return redis.guard(this.#operation, (client) => client.eval(this.#text, 1, key, ...args));
    }
  }
}
