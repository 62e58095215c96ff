import { type ChainableCommander, Command, type Redis } from 'ioredis';
import type { ManagedConnection } from '../connections/managed-connection.js';
import { notSent, timedOut, toRedisError } from '../errors/command-errors.js';
import { RedisError } from '../errors/redis-error.js';

/** Limits of one call. */
export interface RedisCallOptions {
  /** Longest time in ms from the call to its answer, instead of the connection's. */
  readonly timeoutMs?: number;
  /** Ends the call when it aborts: unsent commands are not sent any more. */
  readonly signal?: AbortSignal;
}

export interface CommandExecutorInit {
  readonly connection: ManagedConnection;
  readonly keyPrefix: string;
  /** Default deadline in ms. The connection keeps it, unless it is borrowed. */
  readonly commandTimeoutMs: number;
}

type Args = Array<string | number | Buffer>;

/**
 * The one seam that sees every command of `RedisService`: fails at once while Redis is known to be down, keeps
 * deadlines, and gives every failure its type and outcome.
 */
export class CommandExecutor {
  /** Calls that failed, for whatever reason. */
  failed = 0;
  readonly #connection: ManagedConnection;
  readonly #client: Redis;
  readonly #description: string;
  readonly #commandTimeoutMs: number;
  readonly #utf8: { replyEncoding: BufferEncoding; keyPrefix: string };

  constructor({ connection, keyPrefix, commandTimeoutMs }: CommandExecutorInit) {
    this.#connection = connection;
    this.#client = connection.client;
    this.#description = `${connection.name} (${connection.address.host}:${connection.address.port})`;
    this.#commandTimeoutMs = commandTimeoutMs;
    this.#utf8 = { replyEncoding: 'utf8', keyPrefix };
  }

  /**
   * Runs one command.
   *
   * @throws {RedisUnavailableError} at once while Redis is down, or when the connection breaks
   * @throws {RedisTimeoutError} when there is no answer in time
   * @throws {RedisReplyError} when Redis refuses the command
   */
  run<T>(name: string, args: Args, options?: RedisCallOptions): Promise<T> {
    if (this.#client.status !== 'ready' && this.#connection.isDown) return this.#refuse(name);
    const command = new Command(name, args, this.#utf8);
    if (options !== undefined || !this.#connection.owned) this.#limit(command, options);
    this.#client.sendCommand(command);
    return (command.promise as Promise<T>).catch((error: unknown) => this.#fail(error, name));
  }

  /**
   * Runs anything else on the client under the same rules: scripts, pipelines, commands without a method of
   * their own.
   *
   * @param operation name for errors, e.g. `list-posts`
   */
  async guard<T>(operation: string, work: (client: Redis) => Promise<T>): Promise<T> {
    if (this.#client.status !== 'ready' && this.#connection.isDown) return this.#refuse(operation);
    try {
      return await work(this.#client);
    } catch (error) {
      // What is not about Redis is the caller's own.
      if (!(error instanceof Error) || !isFromRedis(error)) throw error;
      return this.#fail(error, operation);
    }
  }

  /** A chain of commands whose `exec()` follows the same rules as {@link guard}. */
  chain(kind: 'multi' | 'pipeline'): ChainableCommander {
    const chain = this.#client[kind]();
    const exec = chain.exec.bind(chain);
    chain.exec = () => this.guard(kind, () => exec());
    return chain;
  }

  #limit(command: Command, options: RedisCallOptions | undefined): void {
    const { timeoutMs = this.#commandTimeoutMs, signal } = options ?? {};
    const end = (error: RedisError): void => command.reject(error);
    const timer = setTimeout(
      () => end(timedOut(command.name, this.#description, this.#outcomeOf(), timeoutMs)),
      timeoutMs,
    );
    const onAbort = (): void => {
      end(
        new RedisError({
          code: 'REDIS_ABORTED',
          outcome: this.#outcomeOf(),
          connection: this.#description,
          cause: signal?.reason,
          message: `${command.name.toUpperCase()} was given up by its caller.`,
        }),
      );
    };
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    command.promise.then(done, done);
  }

  /** Nothing is sent while the connection is not up; once it is, the command may have run. */
  #outcomeOf(): 'not-sent' | 'unknown' {
    return this.#client.status === 'ready' ? 'unknown' : 'not-sent';
  }

  #refuse(name: string): Promise<never> {
    this.failed++;
    return Promise.reject(notSent(name, this.#description, this.#connection.lastError));
  }

  #fail(error: unknown, name: string): never {
    this.failed++;
    throw toRedisError(error, name, this.#description);
  }
}

function isFromRedis(error: Error): boolean {
  return (
    RedisError.isRedisError(error) ||
    error.name === 'ReplyError' ||
    error.name === 'AbortError' ||
    error.name === 'MaxRetriesPerRequestError' ||
    error.message === 'Connection is closed.'
  );
}
