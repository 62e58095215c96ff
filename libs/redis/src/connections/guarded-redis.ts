import { Command, Redis, type RedisOptions } from 'ioredis';
import { blockTimeMs, changesSharedConnection } from '../commands/blocking.js';
import { inWordsOfBull, refusedOnShared, connectionEnded, connectionLost, notSent, timedOut, waitingQueueFull } from '../errors/command-errors.js'; // prettier-ignore
import type { RedisUnavailableError } from '../errors/redis-error.js';
import type { ConnectionGuard } from './connection-guard.js';
import { Predecessor } from './predecessor.js';
import { Subscriptions } from './subscriptions.js';
import { type WaitingCommand, WaitingQueue } from './waiting-queue.js';
import { WriteGathering } from './write-gathering.js';

type GuardedCommand = Command & { [deadlineAt]?: number; [impatient]?: true; [givenUp]?: true };
type SendCommand = Redis['sendCommand'];
type CommandItem = Parameters<Redis['handleReconnection']>[1];

/** The members of ioredis that its types keep private; the same in 5.11 and 6. */
interface Internals {
  setStatus(status: string, arg?: unknown): void;
  flushQueue(error: Error, options?: { offlineQueue?: boolean; commandQueue?: boolean }): void;
  reconnectTimeout: NodeJS.Timeout | null;
  duplicate(override?: Partial<RedisOptions>): Redis;
}

const deadlineAt = Symbol('deadlineAt');
const impatient = Symbol('impatient');
const givenUp = Symbol('givenUp');

/**
 * Marks a command as one that waits for a connection that was merely cut, and not for one that could not be made
 * anew at the first attempt. To mark a pipeline, mark its first command.
 */
export function makeImpatient(command: Command): void {
  (command as GuardedCommand)[impatient] = true;
}

/** Fails a command on behalf of its caller; where it still waits, it is not sent any more. ioredis 5 has no `isSettled`. */
export function giveUpCommand(command: Command, error: Error): void {
  (command as GuardedCommand)[givenUp] = true;
  command.reject(error);
}

/** Time between two attempts to find the primary when a server says READONLY. */
const replicaPatienceMs = 1_000;

/** Time until a write that a replica refused is tried again on the same connection. */
const refusedAgainMs = 200;

/** Sent by ioredis itself while it sets up a connection; these do not wait. */
const handshakeCommands = new Set(['auth', 'hello', 'select', 'client', 'readonly', 'info']);

/**
 * An ioredis client with three promises more: a command that was reported as failed before it was sent is
 * never sent; no command outlives its deadline; what is in flight when the connection breaks fails at once.
 *
 * ioredis keeps a timed-out command in its offline queue and runs it after the reconnection, and, with
 * `autoResendUnfulfilledCommands` off, leaves commands in flight pending for ever. Here commands wait in a
 * {@link WaitingQueue} instead, and nothing else in ioredis is changed.
 */
export class GuardedRedis extends Redis {
  /** Commands written to the socket, and replies that were errors. */
  readonly counters = { sent: 0, failed: 0 };
  readonly #guard: ConnectionGuard;
  readonly #waiting: WaitingQueue;
  #lastConnectionError: Error | undefined;
  readonly #writes = new WriteGathering();
  readonly #subscriptions = new Subscriptions();
  readonly #predecessor: Predecessor;
  /** Monotonic time in ms at which a replica was left for the primary. */
  #leftReplicaAt = -Infinity;
  /** QUIT was sent: whatever is written after it is lost. */
  #quitting = false;

  constructor(options: RedisOptions & { replyMapping?: 'legacy' }, guard: ConnectionGuard) {
    super({ ...options, lazyConnect: true });
    this.#guard = guard;
    this.#waiting = new WaitingQueue(guard.waiting);
    this.on('error', (error: Error) => (this.#lastConnectionError = error));
    this.#predecessor = new Predecessor(this);
    this.on('connecting', () => (this.#quitting = false));
    this.on('ready', () => {
      this.#lastConnectionError = undefined;
      for (const command of this.#predecessor.succeed()) this.sendCommand(command);
      this.#restoreSubscriptions();
      this.#sendWaiting();
    });
    const internals = this as unknown as Internals;
    const setStatus = internals.setStatus.bind(this);
    internals.setStatus = (status, arg) => {
      if (status === 'close') this.#failInFlight(this.#lastConnectionError);
      setStatus(status, arg);
    };
    const flushQueue = internals.flushQueue.bind(this);
    internals.flushQueue = (error, flushed) => {
      if (flushed?.offlineQueue !== false) this.#giveUpWaiting(error);
      if (flushed?.commandQueue !== false) this.#failInFlight(error);
      flushQueue(error, flushed);
    };
    internals.duplicate = (override) => guard.duplicate(override);
  }

  /** Commands that wait for the connection. */
  get waitingCommands(): number {
    return this.#waiting.size;
  }

  /** What the socket complained about last, until the connection is usable again. */
  get lastConnectionError(): Error | undefined {
    return this.#lastConnectionError;
  }

  /** Bytes of the commands that wait for the connection. */
  get waitingBytes(): number {
    return this.#waiting.bytes;
  }

  override sendCommand(...[command, stream]: Parameters<SendCommand>): ReturnType<SendCommand> {
    const guard = this.#guard;
    // Setting up a connection has the heartbeat's bound, not that of a command.
    if (this.status === 'connect' && stream === undefined && handshakeCommands.has(command.name)) {
      return super.sendCommand(command, stream);
    }
    // Reported as failed already: must not be sent any more.
    const isGivenUp = command.isSettled || (command as GuardedCommand)[givenUp] === true;
    if (isGivenUp && stream === undefined) return command.promise;
    const blockMs = blockTimeMs(command);
    if (
      stream === undefined &&
      guard.isShared &&
      (blockMs !== undefined || changesSharedConnection(command.name))
    ) {
      command.reject(refusedOnShared(command.name, guard.description));
      return command.promise;
    }
    if (guard.commandTimeoutMs !== undefined && (command as GuardedCommand)[deadlineAt] === undefined) {
      (command as GuardedCommand)[deadlineAt] = guard.now() + guard.commandTimeoutMs + (blockMs ?? 0);
    }
    if (this.status === 'ready' && this.stream?.writable && !this.#quitting) {
      if (command.name === 'quit') this.#quitting = true;
      // A `select` may come from ioredis restoring the connection, before anything else may run.
      if (this.#waiting.size > 0 && command.name !== 'select') this.#sendWaiting();
      this.counters.sent++;
      this.#subscriptions.follow(command);
      this.#writes.begin(this.stream);
      const reply = super.sendCommand(command, stream);
      this.#writes.relieve(this.stream);
      return reply;
    }
    return this.#wait(command, stream);
  }

  /**
   * As in ioredis, but it also ends between two attempts to connect, where ioredis stops trying, says neither
   * `end` nor fails what waits, and leaves a timer behind.
   */
  override disconnect(reconnect = false): void {
    if (this.status !== 'reconnecting') {
      super.disconnect(reconnect);
    } else if (!reconnect) {
      const internals = this as unknown as Internals;
      if (internals.reconnectTimeout) clearTimeout(internals.reconnectTimeout);
      internals.reconnectTimeout = null;
      internals.setStatus('end');
      internals.flushQueue(new Error('Connection is closed.'));
    }
  }

  /** Counts error replies, and keeps arguments, which may be secrets, out of what loggers print. */
  override handleReconnection(error: Error, item: CommandItem): void {
    this.counters.failed++;
    const { name, args } = item.command;
    const secret = name === 'auth' || name === 'hello';
    // Redis quotes the arguments of a command it does not know.
    error.message = error.message.replace(/,? with args beginning with:.*$/s, '');
    Object.defineProperty(error, 'command', {
      value: { name, args: secret ? [] : args },
      enumerable: false,
      configurable: true,
      writable: true,
    });
    if (error.message.startsWith('READONLY')) this.#leaveReplica(error, item.command as GuardedCommand);
    else super.handleReconnection(error, item);
  }

  /**
   * Sends PING past every queue and without a deadline: the heartbeat has its own. The answer counts as
   * bytes that arrived, nobody looks at it.
   */
  probe(): void {
    const ping = new Command('ping', [], { replyEncoding: 'utf8' });
    ping.promise.catch(() => undefined);
    super.sendCommand(ping);
  }

  /** Fails what is past its deadline, waiting or in flight. Called by the pulse, several times a second. */
  sweep(now: number): void {
    const { description, commandTimeoutMs } = this.#guard;
    for (const command of this.#waiting.expire(now)) {
      command.reject(timedOut(command.name, description, 'not-sent', commandTimeoutMs));
    }
    const queue = this.commandQueue;
    for (let index = 0; index < queue.length; index++) {
      const command = queue.peekAt(index)?.command as GuardedCommand;
      const due = command[deadlineAt];
      if (due === undefined || due > now || command.isSettled) continue;
      command[deadlineAt] = Infinity;
      command.reject(timedOut(command.name, description, 'unknown', commandTimeoutMs));
    }
  }

  /**
   * The server was demoted: connects again, to wherever the primary is by now, and sends the command there.
   * It was refused, so this repeats nothing. Part of a transaction is not sent on its own. Where no primary is
   * found that way, reads go on, writes are tried again until their deadline, and the next look is a second away.
   */
  #leaveReplica(error: Error, command: GuardedCommand): void {
    const now = this.#guard.now();
    if (this.stream?.writable && !this.options.readOnly && now - this.#leftReplicaAt >= replicaPatienceMs) {
      this.#leftReplicaAt = now;
      this.#lastConnectionError = error;
      this.disconnect(true);
    }
    const due = command[deadlineAt] ?? Infinity;
    if (command.inTransaction || this.options.readOnly || due - now < refusedAgainMs) command.reject(error);
    else if (this.stream?.writable) setTimeout(() => this.sendCommand(command), refusedAgainMs);
    else this.sendCommand(command);
  }

  /** The socket is open, and Redis does not serve yet: says so to whoever asks why. */
  markNotReady(): void {
    this.#lastConnectionError = Object.assign(new Error('Redis is not ready to serve'), {
      code: 'NOT_READY',
    });
  }

  /** An attempt to connect failed: gives up what was marked by {@link makeImpatient}, pipelines as a whole. */
  giveUpImpatient(): void {
    const pipelines = new Set<object>();
    const isMarked = ({ command, pipeline }: WaitingCommand): boolean => {
      const marked = (command as GuardedCommand)[impatient] === true;
      if (marked && pipeline !== undefined) pipelines.add(pipeline);
      return marked || (pipeline !== undefined && pipelines.has(pipeline));
    };
    for (const command of this.#waiting.take(isMarked)) {
      command.reject(notSent(command.name, this.#guard.description, this.#lastConnectionError));
    }
  }

  #wait(command: Command, stream: Parameters<SendCommand>[1]): ReturnType<SendCommand> {
    const { description } = this.#guard;
    if (command.name === 'quit') return super.sendCommand(command, stream);
    if (this.status === 'end' || this.#quitting) {
      command.reject(this.#worded(connectionEnded(command.name, description, this.#lastConnectionError)));
      return command.promise;
    }
    if (this.status === 'wait') this.connect().catch(() => undefined);
    const due = (command as GuardedCommand)[deadlineAt] ?? Infinity;
    for (const refused of this.#waiting.push(command, stream, due)) {
      refused.reject(waitingQueueFull(refused.name, description));
    }
    return command.promise;
  }

  /** What fails here because the connection breaks again is done at the next. */
  #restoreSubscriptions(): void {
    for (const command of this.#subscriptions.restore()) {
      command.promise.catch(() => undefined);
      this.sendCommand(command);
    }
  }

  #sendWaiting(): void {
    if (this.#waiting.size === 0) return;
    for (const { command, pipeline } of this.#waiting.drain()) {
      this.sendCommand(command, pipeline as Parameters<SendCommand>[1]);
    }
  }

  #giveUpWaiting(cause: Error): void {
    const reason = this.#lastConnectionError ?? cause;
    for (const { command } of this.#waiting.drain()) {
      command.reject(this.#worded(notSent(command.name, this.#guard.description, reason)));
    }
  }

  #failInFlight(reason: Error | undefined): void {
    // ioredis 5 takes a failed handshake command for a refusal by the server and gives up what waits.
    if (this.status !== 'ready' && !(this.condition && 'handshake' in this.condition)) return;
    const queue = this.commandQueue;
    for (let index = 0; index < queue.length; index++) {
      const command = queue.peekAt(index)?.command as GuardedCommand;
      const lost = connectionLost(command.name, this.#guard.description, reason);
      command.reject(this.#worded(lost));
    }
    // ioredis would keep them, and their values, until the next connection.
    queue.clear();
  }

  #worded(error: RedisUnavailableError): RedisUnavailableError {
    return this.#guard.isBull ? inWordsOfBull(error) : error;
  }
}
