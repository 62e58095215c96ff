import type { OperationRecorder } from '@holdfast/resilience';
import { redisChannels, type CommandEvent } from '../diagnostics/channels.js';
import type { RedisError } from '../errors/redis-error.js';
import type { RedisCircuitBreaker } from './circuit.js';

/** Limits of one call. */
export interface RedisCallOptions {
  /** Longest time in ms from the call to its answer, repetitions included, instead of the connection's. */
  readonly timeoutMs?: number;
  /** Ends the call when it aborts: unsent commands are not sent any more. */
  readonly signal?: AbortSignal;
}

/** Arguments of a command, as they are sent. */
export type CommandArguments = ReadonlyArray<string | number | Buffer>;

/** What does not change from call to call of a command. */
export interface Operation {
  /** Name of the command, or of a guarded piece of work. */
  readonly name: string;
  /** Name of the metrics, e.g. `redis-get`. */
  readonly label: string;
  readonly recorder: OperationRecorder;
}

/** One call, over all its attempts. */
export interface Call {
  readonly operation: Operation;
  readonly args: CommandArguments;
  readonly options: RedisCallOptions | undefined;
  /** Monotonic time in ms. */
  readonly startedAt: number;
  /** Attempts before the present one. */
  attempt: number;
  /** An attempt ended without telling whether the command ran. */
  mayHaveRun: boolean;
  /** Memory answered it. */
  fromMemory: boolean;
}

type End = Pick<Call, 'operation' | 'startedAt'>;

/** Counts how calls end, and tells whoever subscribed to the channel. */
export class CallTelemetry {
  readonly #connection: string;
  readonly #circuitBreaker: RedisCircuitBreaker;
  readonly #now: () => number;

  constructor(connection: string, circuitBreaker: RedisCircuitBreaker, now: () => number) {
    this.#connection = connection;
    this.#circuitBreaker = circuitBreaker;
    this.#now = now;
  }

  succeeded(end: End, durationMs: number): void {
    end.operation.recorder.success(durationMs);
    if (redisChannels.command.hasSubscribers) this.#publish(end, 'success');
  }

  /** Redis was asked and failed, whether memory answers afterwards or not. */
  failed(end: End, failure: RedisError, answeredFromMemory: boolean): void {
    const { recorder } = end.operation;
    const isTimeout = failure.code === 'REDIS_TIMEOUT';
    if (isTimeout) recorder.timeout(this.#now() - end.startedAt);
    else recorder.failure(this.#now() - end.startedAt);
    this.#ended(end, isTimeout ? 'timeout' : 'error', failure, answeredFromMemory);
  }

  /** Redis was not asked: it is known to be away, or there is too much to do. */
  rejected(end: End, failure: RedisError, answeredFromMemory: boolean): void {
    end.operation.recorder.reject();
    this.#ended(end, 'reject', failure, answeredFromMemory);
  }

  /** Memory knew better than Redis, which was not asked. */
  answeredFromMemory(end: End): void {
    end.operation.recorder.reject();
    end.operation.recorder.fallback();
    this.#publish(end, 'fallback');
  }

  #ended(end: End, result: CommandEvent['result'], failure: RedisError, answeredFromMemory: boolean): void {
    if (answeredFromMemory) end.operation.recorder.fallback();
    this.#publish(end, answeredFromMemory ? 'fallback' : result, failure);
  }

  #publish({ operation, startedAt }: End, result: CommandEvent['result'], failure?: RedisError): void {
    if (!redisChannels.command.hasSubscribers) return;
    const event: CommandEvent = {
      operation: operation.label,
      command: operation.name,
      connection: this.#connection,
      circuitBreaker: this.#circuitBreaker,
      durationMs: this.#now() - startedAt,
      result,
      ...(failure ? { error: failure.kind, outcome: failure.outcome } : {}),
    };
    redisChannels.command.publish(event);
  }
}
