import { exponentialBackoff } from '@holdfast/resilience';
import type { RedisError, RedisErrorCode } from '../errors/redis-error.js';
import type { CommandClass } from './command-class.js';

const backoff = exponentialBackoff({ minDelayMs: 20, maxDelayMs: 500 });

/** Failures after which another attempt cannot help, or is not wanted. A time-out means the deadline is over. */
const final = new Set<RedisErrorCode>([
  'REDIS_ABORTED', 'REDIS_CLOSED', 'REDIS_OVERLOADED', 'REDIS_QUEUE_FULL', 'REDIS_REFUSED', 'REDIS_REPLY', 'REDIS_TIMEOUT',
]); // prettier-ignore

/** Failures that happened on this side and say nothing about Redis. */
const ours = new Set<RedisErrorCode>([
  'REDIS_ABORTED',
  'REDIS_OVERLOADED',
  'REDIS_QUEUE_FULL',
  'REDIS_REFUSED',
]);

/** Redis lives and reads, but does not take this write. */
const writesRefused = new Set(['READONLY', 'OOM', 'MISCONF', 'NOREPLICAS']);

/**
 * Whether a command may be sent again: reads and last-wins writes always, everything else only when it
 * certainly did not run.
 */
export function mayRepeat(commandClass: CommandClass, failure: RedisError): boolean {
  if (final.has(failure.code)) return false;
  // Full memory or disk does not pass within a deadline. A demotion may: the connection itself tries until then.
  if (writesRefused.has(failure.kind)) return false;
  return commandClass === 'read' || commandClass === 'last-wins' || failure.outcome !== 'unknown';
}

/** Milliseconds to wait before another attempt. @param attempt 0 before the first repetition */
export function repeatAfterMs(attempt: number): number {
  return backoff.delayMs(Math.min(attempt, 10));
}

/** Answers of Redis, and what was ended, refused or shut down on this side. */
const notAway = new Set<RedisErrorCode>([
  'REDIS_REPLY',
  'REDIS_ABORTED',
  'REDIS_REFUSED',
  'REDIS_OVERLOADED',
  'REDIS_CLOSED',
]);

/** Whether Redis is away, so that memory may stand in. */
export function isAway(failure: RedisError): boolean {
  return !notAway.has(failure.code) && !writesRefused.has(failure.kind);
}

/** Whether the breaker should take a failure for one of Redis; `undefined` when it says nothing either way. */
export function speaksAgainstRedis(failure: RedisError): boolean | undefined {
  if (ours.has(failure.code)) return undefined;
  return failure.code !== 'REDIS_REPLY' && !writesRefused.has(failure.kind);
}
