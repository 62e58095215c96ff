import type { Bulkhead, CircuitPermit } from '@holdfast/resilience';
import { type ChainableCommander, Command, type Redis } from 'ioredis';
import { commandBytes } from '../connections/command-bytes.js';
import { makeImpatient } from '../connections/guarded-redis.js';
import { RedisConnectionState } from '../connections/connection-state.js';
import type { ManagedConnection } from '../connections/managed-connection.js';
import { circuitOpen, connectionEnded, notSent, overloaded, toRedisError, withUnknownOutcome } from '../errors/command-errors.js'; // prettier-ignore
import { RedisError } from '../errors/redis-error.js';
import type { MemoryFallback, ValueWithSource } from '../fallback/memory-fallback.js';
import {
  type Call,
  CallTelemetry,
  type CommandArguments,
  type Operation,
  type RedisCallOptions,
} from './call.js';
import { limitCommand } from './command-limit.js';
import type { RedisCircuitBreaker } from './circuit.js';
import { classifyCommand } from './command-class.js';
import { isAway, mayRepeat, repeatAfterMs, speaksAgainstRedis } from './failure-policy.js';

export interface CommandExecutorInit {
  readonly connection: ManagedConnection;
  readonly circuit: RedisCircuitBreaker;
  readonly bulkhead: Bulkhead;
  readonly keyPrefix: string;
  /** Default deadline in ms, from the call on. */
  readonly commandTimeoutMs: number;
  /** Is told what Redis answers; answers in its place unless `strict`. */
  readonly fallback: MemoryFallback | undefined;
  /** Never answer from memory. */
  readonly strict: boolean;
  /** Brings what only memory has into Redis, within so many ms; false when it could not. */
  settleJournal(timeoutMs: number): Promise<boolean>;
  /** Monotonic time in ms. */
  readonly now: () => number;
}

/**
 * The one seam that sees every command of `RedisService`. It answers at once while Redis is known to be down,
 * keeps deadlines, repeats what may be repeated, answers from memory what may be, gives every failure its type
 * and outcome, and counts.
 */
export class CommandExecutor {
  readonly #init: CommandExecutorInit;
  readonly #client: Redis;
  readonly #telemetry: CallTelemetry;
  readonly #utf8: { replyEncoding: BufferEncoding; keyPrefix: string };
  readonly #operations = new Map<string, Operation>();

  constructor(init: CommandExecutorInit) {
    this.#init = init;
    this.#client = init.connection.client;
    this.#telemetry = new CallTelemetry(init.connection.name, init.circuit, () => init.now());
    this.#utf8 = { replyEncoding: 'utf8', keyPrefix: init.keyPrefix };
  }

  /**
   * Runs one command.
   *
   * @throws {RedisUnavailableError} at once while Redis is down, or when the connection breaks
   * @throws {RedisTimeoutError} when there is no answer in time
   * @throws {RedisReplyError} when Redis refuses the command
   */
  run<T>(name: string, args: CommandArguments, options?: RedisCallOptions): Promise<T> {
    return this.#start(this.#call(name, args, options));
  }

  /** Tells memory of a write that went another way. */
  observed(name: string, args: CommandArguments): void {
    this.#init.fallback?.observe(name, args, 'OK');
  }

  /** Whether memory may stand in after this error, so that writes may be given to it one by one. */
  standsIn(error: unknown): boolean {
    const { fallback, strict } = this.#init;
    return !strict && fallback !== undefined && RedisError.isRedisError(error) && isAway(error);
  }

  /** One command, with where the answer comes from. */
  async runWithSource<T>(name: string, args: CommandArguments, options?: RedisCallOptions): Promise<{ value: T; source: 'redis' | 'memory' }> {
    const call = this.#call(name, args, options);
    const value = await this.#start<T>(call);
    return { value, source: call.fromMemory ? 'memory' : 'redis' };
  } // prettier-ignore

  /** `GET`, with where the answer comes from. */
  async getWithSource(key: string | Buffer, options?: RedisCallOptions): Promise<ValueWithSource> {
    const { value, source } = await this.runWithSource<string | null>('get', [key], options);
    if (source === 'redis') return { value, source, ageMs: 0 };
    return (this.#init.fallback as MemoryFallback).lookup(String(key));
  }

  /**
   * Runs anything else on the client under the same rules: scripts, pipelines, commands without a method of
   * their own. It is not repeated, and not answered from memory.
   *
   * @param name for errors and metrics, e.g. `list-posts`
   */
  async guard<T>(name: string, work: (client: Redis) => Promise<T>): Promise<T> {
    const call = { operation: this.#operation(name), startedAt: this.#init.now() };
    if (this.#init.fallback?.hasWrites) await this.#init.settleJournal(this.#init.commandTimeoutMs / 2);
    const permit = this.#admit(name);
    if (permit instanceof RedisError) {
      this.#telemetry.rejected(call, permit, false);
      throw permit;
    }
    try {
      const result = await work(this.#client);
      this.#succeed(call, permit);
      return result;
    } catch (error) {
      if (!isFromRedis(error)) {
        // It is the caller's own.
        permit.ignore();
        throw error;
      }
      const failure = toRedisError(error, name, this.#description);
      this.#settle(permit, failure, call.startedAt);
      this.#telemetry.failed(call, failure, false);
      throw failure;
    }
  }

  /** A chain of commands whose `exec()` follows the same rules as {@link guard}. */
  chain(kind: 'multi' | 'pipeline'): ChainableCommander {
    const chain = this.#client[kind]();
    const exec = chain.exec.bind(chain);
    chain.exec = async () => {
      const { _queue: queue } = chain as unknown as { _queue: Command[] };
      const commands = [...queue];
      if (commands[0] !== undefined) makeImpatient(commands[0]);
      const results = await this.guard(kind, () => exec());
      for (const command of commands) this.#forgetKeys(command);
      for (const result of results ?? []) {
        if (result[0]) result[0] = toRedisError(result[0], sentCommand(result[0]) ?? kind, this.#description);
      }
      return results;
    };
    return chain;
  }

  #call(name: string, args: CommandArguments, options: RedisCallOptions | undefined): Call {
    return { operation: this.#operation(name), args, options, startedAt: this.#init.now(), attempt: 0, mayHaveRun: false, fromMemory: false };
  } // prettier-ignore

  #start<T>(call: Call): Promise<T> {
    const { fallback, strict } = this.#init;
    const { operation, args } = call;
    if (!fallback?.isAhead(operation.name, args)) return this.#attempt<T>(call);
    if (strict || !fallback.handles(operation.name, args)) return this.#attemptSettled<T>(call);
    this.#telemetry.answeredFromMemory(call);
    return this.#fromMemory(call);
  }

  /** Memory is ahead of Redis and may not answer: Redis must catch up first. */
  async #attemptSettled<T>(call: Call): Promise<T> {
    await this.#init.settleJournal(call.options?.timeoutMs ?? this.#init.commandTimeoutMs);
    // What is left of the deadline is less than the connection would allow.
    call.attempt++;
    const { operation, args } = call;
    if (!this.#init.fallback?.isAhead(operation.name, args)) return this.#attempt<T>(call);
    const { connection } = this.#init;
    return this.#give<T>(call, notSent(operation.name, connection.description, connection.lastError), true);
  }

  #attempt<T>(call: Call): Promise<T> {
    const { operation, args, options } = call;
    const { bulkhead, connection, commandTimeoutMs, fallback } = this.#init;
    const permit = this.#admit(operation.name);
    if (permit instanceof RedisError) return this.#give<T>(call, permit, call.attempt === 0);
    const command = new Command(operation.name, args as Array<string | number | Buffer>, this.#utf8);
    makeImpatient(command);
    const bytes = commandBytes(command);
    if (!bulkhead.tryEnter(bytes)) {
      permit.ignore();
      return this.#give<T>(call, overloaded(operation.name, this.#description), call.attempt === 0);
    }
    // The connection keeps the default deadline; what is left of a repeated call is shorter.
    if (options !== undefined || call.attempt > 0 || !connection.owned) {
      limitCommand(command, this.#client, {
        endsAt: call.startedAt + (options?.timeoutMs ?? commandTimeoutMs),
        timeoutMs: options?.timeoutMs ?? commandTimeoutMs,
        signal: options?.signal,
        connection: this.#description,
        now: this.#init.now,
      });
    }
    this.#client.sendCommand(command);
    return (command.promise as Promise<T>).then(
      (value) => {
        bulkhead.leave(bytes);
        this.#succeed(call, permit);
        fallback?.observe(operation.name, args, value);
        return value;
      },
      (error: unknown) => {
        bulkhead.leave(bytes);
        const failure = toRedisError(error, operation.name, this.#description);
        this.#settle(permit, failure, call.startedAt);
        if (failure.outcome === 'unknown') call.mayHaveRun = true;
        return this.#recover<T>(call, failure);
      },
    );
  }

  /** Leave to send, or why not. */
  #admit(name: string): CircuitPermit | RedisError {
    const { connection, circuit } = this.#init;
    if (this.#client.status !== 'ready' && connection.isDown) {
      if (connection.state === RedisConnectionState.Closed)
        return connectionEnded(name, this.#description, undefined);
      return notSent(name, this.#description, connection.lastError);
    }
    return circuit.tryAcquire() ?? circuitOpen(name, this.#description);
  }

  /** Sends it again if it may be, within the deadline; otherwise gives what there is. */
  async #recover<T>(call: Call, failure: RedisError): Promise<T> {
    const { operation, args, options, startedAt } = call;
    const deadlineAt = startedAt + (options?.timeoutMs ?? this.#init.commandTimeoutMs);
    const waitMs = repeatAfterMs(call.attempt);
    const inTime = this.#init.now() + waitMs < deadlineAt && !this.#init.connection.isDown;
    if (!inTime || !mayRepeat(classifyCommand(operation.name, args), failure)) {
      return this.#give<T>(call, failure, false);
    }
    call.attempt++;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    return this.#attempt<T>(call);
  }

  /** Ends a call that Redis did not answer: from memory where that may be, else with the failure. */
  #give<T>(call: Call, failure: RedisError, wasRejected: boolean): Promise<T> {
    const { fallback, strict } = this.#init;
    const degrades = !strict && isAway(failure) && fallback?.handles(call.operation.name, call.args) === true;
    if (wasRejected) this.#telemetry.rejected(call, failure, degrades);
    else this.#telemetry.failed(call, failure, degrades);
    if (degrades) return this.#fromMemory<T>(call, failure);
    // The last attempt was not sent; an earlier one may have run all the same.
    return Promise.reject(call.mayHaveRun ? withUnknownOutcome(failure, call.operation.name) : failure);
  }

  async #fromMemory<T>(call: Call, failure?: RedisError): Promise<T> {
    call.fromMemory = true;
    return (this.#init.fallback as MemoryFallback).answer(call.operation.name, call.args, failure) as T;
  }

  #succeed(call: Pick<Call, 'operation' | 'startedAt'>, permit: CircuitPermit): void {
    const now = this.#init.now();
    permit.success(now - call.startedAt, now);
    this.#telemetry.succeeded(call, now - call.startedAt);
  }

  /** Tells the breaker: an answer is a success, even a refusal; what never got to Redis says nothing. */
  #settle(permit: CircuitPermit, failure: RedisError, startedAt: number): void {
    const verdict = speaksAgainstRedis(failure);
    if (verdict === undefined) permit.ignore();
    else if (verdict) permit.failure();
    else permit.success(this.#init.now() - startedAt);
  }

  /** What was written past memory, memory does not know any more. */
  #forgetKeys(command: Command): void {
    const { fallback, keyPrefix } = this.#init;
    if (fallback === undefined || classifyCommand(command.name, command.args) === 'read') return;
    for (const key of command.getKeys()) fallback.forget(String(key).slice(keyPrefix.length));
  }

  #operation(name: string): Operation {
    const known = this.#operations.get(name);
    if (known !== undefined) return known;
    const label = `redis-${name}`;
    const operation = { name, label, recorder: this.#init.circuit.recorder(label) };
    this.#operations.set(name, operation);
    return operation;
  }

  get #description(): string {
    return this.#init.connection.description;
  }
}

/** Which command of a chain got this answer; ioredis notes it on the error. */
function sentCommand(error: Error): string | undefined {
  return (error as { command?: { name?: string } }).command?.name;
}

function isFromRedis(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    RedisError.isRedisError(error) ||
    error.name === 'ReplyError' ||
    error.name === 'AbortError' ||
    error.name === 'MaxRetriesPerRequestError' ||
    error.message === 'Connection is closed.'
  );
}
