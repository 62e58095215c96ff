import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RedisError, type RedisService } from '@holdfast/redis';
import { type Clock, Deadline, DeadlineExceededError, type Timer, withDeadline } from '@holdfast/resilience';
import type { TagVersions } from '../entries/cache-entry.js';
import type { CacheKeys } from '../keys/cache-keys.js';
import { LuaScript } from './lua-script.js';

const scriptOf = (name: string): LuaScript =>
  new LuaScript(`cache-lock-${name}`, readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8'));

const release = scriptOf('release');
const renew = scriptOf('renew');
const takeOver = scriptOf('take-over');

export interface FactoryLocksInit {
  readonly redis: RedisService;
  readonly keys: CacheKeys;
  readonly clock: Clock;
  /** How long a lock outlives a process that dies with it. */
  readonly lockTtlMs: number;
  /** Longest wait for an answer about a lock. */
  readonly timeoutMs: number;
}

/** Leave to call the factory of a key, for one process of all. */
export interface FactoryLock {
  /**
   * Gives it up. Never rejects.
   *
   * @returns false when it was lost before: deleted, taken over or expired. True when Redis cannot say
   */
  release(): Promise<boolean>;
}

/**
 * Locks by which processes agree who calls a factory. They are short and renewed while the factory runs, so
 * that a process that dies does not hold up the others. In an outage there is none: each process agrees with itself.
 */
export class FactoryLocks {
  readonly #init: FactoryLocksInit;

  constructor(init: FactoryLocksInit) {
    this.#init = init;
  }

  /**
   * Takes the lock of a key.
   *
   * @param versions of the tags; whoever holds it for others computes what is outdated already
   * @param seen what stood in the lock lately, if anything did
   * @returns `undefined` when somebody else has it, `'unavailable'` when Redis cannot say
   */
  async acquire(
    key: string,
    versions: TagVersions,
    seen: string | null,
  ): Promise<FactoryLock | undefined | 'unavailable'> {
    const { redis, keys, lockTtlMs } = this.#init;
    const name = keys.lock(key);
    const mine = generationOf(versions) + randomUUID();
    const isOutdated = seen !== null && !seen.startsWith(generationOf(versions));
    if (seen !== null && !isOutdated) return undefined;
    const taken = await this.#ask(
      isOutdated
        ? takeOver.run(redis, name, seen, mine, lockTtlMs).then((answer) => answer === 1)
        : redis
            .guard('cache-lock', (client) => client.set(name, mine, 'PX', lockTtlMs, 'NX'))
            .then((answer) => answer === 'OK'),
    );
    if (taken === undefined) return 'unavailable';
    return taken ? this.#held(name, mine) : undefined;
  }

  #held(name: string, mine: string): FactoryLock {
    const { redis, clock, lockTtlMs } = this.#init;
    const everyMs = Math.max(1, Math.floor(lockTtlMs / 3));
    let timer: Timer;
    const renewLater = (): void => {
      timer = clock.setTimeout(() => {
        void this.#ask(renew.run(redis, name, mine, lockTtlMs));
        renewLater();
      }, everyMs);
    };
    renewLater();
    return {
      release: async () => {
        timer.cancel();
        return (await this.#ask(release.run(redis, name, mine))) !== 0;
      },
    };
  }

  /** `undefined` when Redis does not answer, or not in time. */
  async #ask<T>(answer: Promise<T>): Promise<T | undefined> {
    const deadline = Deadline.after(this.#init.timeoutMs, this.#init.clock);
    try {
      return await withDeadline(answer, { deadline });
    } catch (error) {
      if (RedisError.isRedisError(error) || error instanceof DeadlineExceededError) return undefined;
      throw error;
    }
  }
}

/** Tells locks apart that are held for different versions of the tags. */
function generationOf(versions: TagVersions): string {
  const text = JSON.stringify(Object.entries(versions).sort());
  return `${createHash('sha256').update(text).digest('base64url').slice(0, 22)}:`;
}
