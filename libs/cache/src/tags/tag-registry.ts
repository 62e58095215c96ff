import { randomUUID } from 'node:crypto';
import { RedisError, type RedisService } from '@holdfast/redis';
import type { TagVersions } from '../entries/cache-entry.js';
import type { CacheKeys } from '../keys/cache-keys.js';
import type { EntryStore } from '../store/entry-store.js';

/** A version lives longer than what was made with it, where that has an end; values for ever are made anew after this. */
const versionTtlMs = 30 * 86_400_000;

export interface TagRegistryInit {
  readonly redis: RedisService;
  readonly keys: CacheKeys;
  readonly entries: EntryStore;
}

/**
 * Versions of tags. A value is made with the versions its tags have before its factory is called, and counts as
 * long as they have the same. To invalidate a tag is to delete its version: no later one is ever equal to it.
 */
export class TagRegistry {
  readonly #init: TagRegistryInit;

  constructor(init: TagRegistryInit) {
    this.#init = init;
  }

  /**
   * Versions for a value that is about to be made; tags that have none get one.
   *
   * @param known versions that were read after the call for the value
   */
  async versionsFor(
    tags: readonly string[],
    known: ReadonlyMap<string, string | null>,
  ): Promise<TagVersions> {
    const missing = tags.filter((tag) => typeof known.get(tag) !== 'string');
    if (missing.length === 0) return versionsOf(tags, known);
    await this.#create(missing);
    const made = await this.#init.entries.versions(missing);
    return versionsOf(tags, new Map([...known, ...made]));
  }

  /**
   * Whatever was made before with one of these tags is not to be had any more.
   *
   * @throws {RedisUnavailableError} when neither Redis nor memory took it
   */
  async invalidate(tags: readonly string[]): Promise<void> {
    await this.#init.entries.deleteVersions(tags);
  }

  async #create(tags: readonly string[]): Promise<void> {
    const { redis, keys } = this.#init;
    const created = tags.map((tag): [string, string] => [keys.tag(tag), randomUUID()]);
    if (!redis.getFallbackState().active && (await this.#createInRedis(created))) return;
    // In place of any that another process may have made: theirs becomes outdated, which does no harm.
    await Promise.allSettled(created.map(([key, version]) => redis.set(key, version, versionTtlMs / 1000)));
  }

  /** Processes that do so at the same time agree on one version. */
  async #createInRedis(created: ReadonlyArray<readonly [key: string, version: string]>): Promise<boolean> {
    try {
      await this.#init.redis.guard('cache-tags', async (client) => {
        const pipeline = client.pipeline();
        for (const [key, version] of created) pipeline.set(key, version, 'PX', versionTtlMs, 'NX');
        await pipeline.exec();
      });
      return true;
    } catch (error) {
      if (!RedisError.isRedisError(error)) throw error;
      return false;
    }
  }
}

/** A tag without a version gets one that is never found: the value is not to be had again. */
function versionsOf(tags: readonly string[], known: ReadonlyMap<string, string | null>): TagVersions {
  return Object.fromEntries(tags.map((tag) => [tag, known.get(tag) ?? `unknown-${randomUUID()}`]));
}
