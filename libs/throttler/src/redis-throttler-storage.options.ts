import type { RedisLog } from '@holdfast/redis';

/** What answers hits while Redis cannot. */
export type WhenDown = 'memory' | 'allow' | 'deny';

/** How hits are counted in Redis, and what becomes of them without it. */
export interface RedisThrottlerStorageOptions {
  /**
   * Put before every key in Redis. Applications that share a Redis and must not share limits need different ones.
   *
   * @default 'throttler:'
   */
  keyPrefix?: string;
  /**
   * What answers hits that Redis did not count: `memory` counts in this process, on from the last counts it saw;
   * `allow` lets everything through; `deny` answers 429 to everything.
   *
   * @default 'memory'
   */
  whenDown?: WhenDown;
  /**
   * Longest time in ms that a hit waits for Redis, from the call on.
   *
   * @default 250
   */
  timeoutMs?: number;
  /**
   * How many processes share the limits. In an outage each of them allows its part of a limit, at least 1. A
   * function is asked at every hit that memory counts, so it must be quick; while it throws, or answers no number
   * from 1, its last good answer holds.
   *
   * @default 1, so that in an outage each process allows the whole limit
   */
  instances?: number | (() => number);
  /**
   * Most bytes for counts in memory; the keys hit least recently are forgotten first.
   *
   * @default 33554432 (32 MB)
   */
  memoryMaxBytes?: number;
  /**
   * Where the lines about begin and end of an outage go.
   *
   * @default Nest's Logger with the context `RedisThrottler`
   */
  log?: Pick<RedisLog, 'log' | 'warn'>;
}

/** What the code reads: complete and frozen. */
export type ResolvedStorageOptions = Readonly<Required<Omit<RedisThrottlerStorageOptions, 'log'>>>;

const leastMemoryBytes = 65_536;
const longestTimeoutMs = 60_000;
const whenDownValues: readonly unknown[] = ['memory', 'allow', 'deny'];

/**
 * Fills in what is missing.
 *
 * @throws {RangeError} naming option, value and what is accepted
 */
export function resolveStorageOptions(options: RedisThrottlerStorageOptions): ResolvedStorageOptions {
  const keyPrefix = options.keyPrefix ?? 'throttler:';
  const whenDown = options.whenDown ?? 'memory';
  const timeoutMs = options.timeoutMs ?? 250;
  const instances = options.instances ?? 1;
  const memoryMaxBytes = options.memoryMaxBytes ?? 33_554_432;
  if (typeof keyPrefix !== 'string' || !/^[^{}]{0,128}$/.test(keyPrefix)) {
    refuse('keyPrefix', keyPrefix, 'a string of at most 128 characters without { and }, which belong to the hash tag');
  }
  if (!whenDownValues.includes(whenDown)) refuse('whenDown', whenDown, "'memory', 'allow' or 'deny'");
  if (!(timeoutMs >= 1 && timeoutMs <= longestTimeoutMs)) {
    refuse('timeoutMs', timeoutMs, `milliseconds from 1 to ${longestTimeoutMs}`);
  }
  if (typeof instances !== 'function' && !(Number.isInteger(instances) && instances >= 1)) {
    refuse('instances', instances, 'a whole number from 1, or a function that answers one');
  }
  if (!(Number.isSafeInteger(memoryMaxBytes) && memoryMaxBytes >= leastMemoryBytes)) {
    refuse('memoryMaxBytes', memoryMaxBytes, `a whole number of bytes from ${leastMemoryBytes}`);
  }
  return Object.freeze({ keyPrefix, whenDown, timeoutMs, instances, memoryMaxBytes });
} // prettier-ignore

function refuse(option: string, value: unknown, accepted: string): never {
  throw new RangeError(`${option} = ${String(value)}: accepted is ${accepted}`);
}
