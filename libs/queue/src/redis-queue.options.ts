import type { QueueOptions } from 'bullmq';

/** Where jobs wait that are added while Redis is away. */
export interface OutboxOptions {
  /** Most jobs that wait. One more is refused at once with a `RedisUnavailableError`. @default 10000 */
  maxJobs?: number;
  /** Most bytes of jobs that wait: names, data and options as JSON. @default 33554432 (32 MB) */
  maxBytes?: number;
  /**
   * File for what a shutdown could not send; the next start takes it up. Each process needs a file of its own,
   * in a folder that exists. Its content is what the jobs hold, readable by the owner of the process only.
   *
   * @default none: what could not be sent is lost, and its number is logged
   */
  file?: string;
}

/** What a user writes: options of all queues, as BullMQ knows them, and those of the outbox. */
export interface RedisQueueModuleOptions extends Omit<QueueOptions, 'connection'> {
  /**
   * First part of all keys of the queues.
   * @default `bull`, after the key prefix of the connection where it has one; `{bull}` in a cluster
   */
  prefix?: string;
  outbox?: OutboxOptions;
  /**
   * Longest time in ms that `worker.close()` waits for jobs that are being processed, from the call on. When the
   * application shuts down, the time of `RedisModule` (`REDIS_SHUTDOWN_TIMEOUT`) counts instead.
   * @default 5000
   */
  workerCloseTimeoutMs?: number;
}

/** What the code reads: complete and frozen. */
export interface ResolvedQueueOptions {
  readonly prefix: string;
  readonly maxJobs: number;
  readonly maxBytes: number;
  readonly file: string | undefined;
  readonly workerCloseTimeoutMs: number;
  /** For BullMQ, as they are. */
  readonly bull: Omit<QueueOptions, 'connection'>;
}

const day = 86_400_000;

/**
 * Fills in what is missing.
 *
 * @param connection what the default prefix depends on
 * @throws {TypeError | RangeError} naming the option, its value and what is accepted
 */
export function resolveQueueOptions(
  options: RedisQueueModuleOptions,
  connection: { keyPrefix: string; isCluster: boolean },
): ResolvedQueueOptions {
  const { outbox = {}, workerCloseTimeoutMs = 5_000, prefix, ...bull } = options;
  const { maxJobs = 10_000, maxBytes = 33_554_432, file } = outbox;
  if (prefix !== undefined && (typeof prefix !== 'string' || prefix === '')) {
    throw new TypeError('prefix must be a string of at least one character');
  }
  if (file !== undefined && (typeof file !== 'string' || file === '')) {
    throw new TypeError('outbox.file must be the path of a file');
  }
  const plain = `${connection.keyPrefix}bull`;
  return Object.freeze({
    prefix: prefix ?? (connection.isCluster ? `{${plain}}` : plain),
    maxJobs: wholeNumber('outbox.maxJobs', maxJobs, Infinity),
    maxBytes: wholeNumber('outbox.maxBytes', maxBytes, Infinity),
    file,
    workerCloseTimeoutMs: wholeNumber('workerCloseTimeoutMs', workerCloseTimeoutMs, day),
    bull,
  });
}

function wholeNumber(name: string, value: number, max: number): number {
  if ((Number.isInteger(value) || value === Infinity) && value >= 0 && value <= max) return value;
  const upTo = max === Infinity ? 'from 0' : `from 0 to ${max}`;
  throw new RangeError(`${name} = ${String(value)}: accepted are whole numbers ${upTo}`);
}
