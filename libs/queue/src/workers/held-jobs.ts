import { readFileSync } from 'node:fs';
import type { RedisQueueBackend } from 'bullmq';
import type { Redis } from 'ioredis';

const lua = (name: string): string => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
const scripts = {
  'holdfast:hold-job': { numberOfKeys: 4, lua: lua('hold-job') },
  'holdfast:find-held-job': { numberOfKeys: 1, lua: lua('find-held-job') },
};

/** Whose a job is, as `hold-job.lua` says. */
export type Holding = 'held' | 'taken' | 'finished' | 'returned';

type Commands = Record<keyof typeof scripts, (args: Array<string | number>) => Promise<unknown>>;

/** The locks of a queue's active jobs. */
export class HeldJobs {
  readonly #commands: Commands;
  readonly #queue: Pick<RedisQueueBackend, 'keys' | 'toKey'>;
  readonly #lockMs: number;

  constructor(client: Redis, queue: Pick<RedisQueueBackend, 'keys' | 'toKey'>, lockMs: number) {
    for (const [name, script] of Object.entries(scripts)) client.defineCommand(name, script);
    this.#commands = client as unknown as Commands;
    this.#queue = queue;
    this.#lockMs = lockMs;
  }

  /** Renews the lock, or takes it again when it ran out and nobody else has the job. */
  async hold(id: string, token: string): Promise<Holding> {
    const { keys, toKey } = this.#queue;
    const job = toKey.call(this.#queue, id);
    const args = [`${job}:lock`, job, keys.active as string, keys.stalled as string, token, this.#lockMs, id];
    return (await this.#commands['holdfast:hold-job'](args)) as Holding;
  }

  /** Id of the active job with this token, other than the one that is known. */
  async find(token: string, known = ''): Promise<string | undefined> {
    const { keys } = this.#queue;
    const args = [keys.active as string, keys[''] as string, token, known];
    return ((await this.#commands['holdfast:find-held-job'](args)) as string | null) ?? undefined;
  }
}
