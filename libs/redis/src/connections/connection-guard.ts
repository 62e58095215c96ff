import type { Redis, RedisOptions } from 'ioredis';
import type { WaitingQueueBounds } from './waiting-queue.js';

/** What a guarded client must hold to, and whom it asks. */
export interface ConnectionGuard {
  /** `CLIENT LIST` name and address, for messages. */
  readonly description: string;
  /** Longest time from the call to the answer in ms; `undefined` on connections that wait for ever. */
  readonly commandTimeoutMs: number | undefined;
  readonly waiting: WaitingQueueBounds;
  /** Several borrowers use it: commands that would block it, or change its state, for the others are refused. */
  readonly isShared: boolean;
  /** BullMQ uses it, which knows failures of a connection by their words. */
  readonly isBull: boolean;
  /** Monotonic time in ms. */
  now(): number;
  /** Makes the connection that `duplicate()` returns. */
  duplicate(override: Partial<RedisOptions> | undefined): Redis;
}
