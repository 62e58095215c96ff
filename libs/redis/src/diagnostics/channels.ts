import { channel } from 'node:diagnostics_channel';
import type { RedisCircuitBreaker } from '../commands/circuit.js';
import type { CommandOutcome } from '../errors/redis-error.js';

/**
 * A call of `RedisService` has ended. Published on `holdfast:redis:command`; made only when somebody
 * subscribes. Holds no keys and no values.
 */
export interface CommandEvent {
  /** Name of the metrics, e.g. `redis-get`. */
  readonly operation: string;
  /** Name of the command, or of a guarded operation. */
  readonly command: string;
  /** `CLIENT LIST` name of the connection. */
  readonly connection: string;
  /** The same object as `circuitBreaker` of the service: tells the services of one process apart. */
  readonly circuitBreaker: RedisCircuitBreaker;
  /** Milliseconds from the call to its end, retries included. */
  readonly durationMs: number;
  /** `fallback`: Redis failed and memory answered. `reject`: refused without being sent. */
  readonly result: 'success' | 'error' | 'timeout' | 'reject' | 'fallback';
  /** Code or kind of the error, e.g. `ECONNREFUSED`, when there was one. */
  readonly error?: string;
  /** What certainly happened to the command, when it failed. */
  readonly outcome?: CommandOutcome;
}

/** Channels of this package. Features publish, observers listen; neither knows the other. */
export const redisChannels = {
  command: channel('holdfast:redis:command'),
} as const;
