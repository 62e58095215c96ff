import { classifyError } from './error-kinds.js';
import {
  type CommandOutcome,
  RedisArgumentError,
  RedisError,
  RedisReplyError,
  RedisTimeoutError,
  RedisUnavailableError,
} from './redis-error.js';

const named = (command: string): string => command.toUpperCase();

/** The command waited, and the connection it waited for is given up. It never ran. */
export function notSent(
  command: string,
  connection: string,
  cause: Error | undefined,
): RedisUnavailableError {
  const reason = cause && classifyError(cause);
  return new RedisUnavailableError({
    outcome: 'not-sent',
    kind: reason?.kind ?? 'NOT_CONNECTED',
    connection,
    cause,
    message:
      `${named(command)} was not sent: ${connection} is not connected` +
      (reason ? ` (${reason.kind}). ${reason.advice}` : '.'),
  });
}

/** The connection broke after the command was written and before its answer came. */
export function connectionLost(
  command: string,
  connection: string,
  cause: Error | undefined,
): RedisUnavailableError {
  const reason = cause ? classifyError(cause).kind : 'CONNECTION_CLOSED';
  return new RedisUnavailableError({
    code: 'REDIS_CONNECTION_LOST',
    outcome: 'unknown',
    kind: reason,
    connection,
    cause,
    message: `${connection} broke (${reason}) before ${named(command)} was answered: it may or may not have run.`,
  });
}

/** The connection is closed for good, or gave up. */
export function connectionEnded(
  command: string,
  connection: string,
  cause: Error | undefined,
): RedisUnavailableError {
  return new RedisUnavailableError({
    code: 'REDIS_CLOSED',
    outcome: 'not-sent',
    connection,
    cause,
    message: `${named(command)} was not sent: ${connection} is closed. connect() opens it again unless it was shut down.`,
  });
}

/**
 * The same error with the one message by which BullMQ knows that a connection has failed, and not a job: a worker
 * whose report is lost would otherwise count its job as failed. What really happened is the `cause`.
 */
export function inWordsOfBull(error: RedisUnavailableError): RedisUnavailableError {
  const { code, outcome, kind, connection } = error;
  return new RedisUnavailableError({
    code,
    outcome,
    kind,
    ...(connection === undefined ? {} : { connection }),
    cause: error,
    message: 'Connection is closed.',
  });
}

/** Too many or too large commands wait already. */
export function waitingQueueFull(command: string, connection: string): RedisUnavailableError {
  return new RedisUnavailableError({
    code: 'REDIS_QUEUE_FULL',
    outcome: 'not-sent',
    connection,
    message:
      `${named(command)} was not sent: ${connection} is not connected and too many commands wait for it already ` +
      '(REDIS_MAX_WAITING_COMMANDS, REDIS_MAX_WAITING_BYTES).',
  });
}

/** No answer within the deadline. */
export function timedOut(
  command: string,
  connection: string,
  outcome: CommandOutcome,
  timeoutMs: number | undefined,
): RedisTimeoutError {
  const within = timeoutMs === undefined ? 'within its deadline' : `within ${timeoutMs} ms`;
  return new RedisTimeoutError({
    outcome,
    connection,
    message:
      outcome === 'not-sent'
        ? `${named(command)} was not sent: ${connection} was not connected ${within}. It will not run later.`
        : `${named(command)} was not answered by ${connection} ${within}: it may or may not have run.`,
  });
}

/** The circuit breaker is open: too many calls failed or were slow lately. */
export function circuitOpen(command: string, connection: string): RedisUnavailableError {
  return new RedisUnavailableError({
    outcome: 'not-sent',
    kind: 'CIRCUIT_OPEN',
    connection,
    message:
      `${named(command)} was not sent: the circuit breaker of ${connection} is open, because too many calls failed or ` +
      'were slow. It closes by itself when PING is answered in time.',
  });
}

/** More commands are under way than the bulkhead lets through. */
export function overloaded(command: string, connection: string): RedisUnavailableError {
  return new RedisUnavailableError({
    code: 'REDIS_OVERLOADED',
    outcome: 'not-sent',
    connection,
    message:
      `${named(command)} was not sent: too many commands or bytes are under way on ${connection} already ` +
      '(REDIS_MAX_IN_FLIGHT_COMMANDS, REDIS_MAX_IN_FLIGHT_BYTES).',
  });
}

/** The same failure, of a command that may have run at an earlier attempt. */
export function withUnknownOutcome(failure: RedisError, command: string): RedisError {
  if (failure.outcome === 'unknown') return failure;
  return new RedisUnavailableError({
    code: failure.code,
    kind: failure.kind,
    outcome: 'unknown',
    ...(failure.connection === undefined ? {} : { connection: failure.connection }),
    cause: failure,
    message: `${named(command)} may or may not have run at an earlier attempt. ${failure.message}`,
  });
}

/** The caller gave the call up. */
export function aborted(
  command: string,
  connection: string,
  outcome: CommandOutcome,
  reason: unknown,
): RedisError {
  return new RedisError({
    code: 'REDIS_ABORTED',
    outcome,
    connection,
    cause: reason,
    message: `${named(command)} was given up by its caller.`,
  });
}

/** A command that would block the connection, or change its state, for everyone who shares it. */
export function refusedOnShared(command: string, connection: string): RedisArgumentError {
  return new RedisArgumentError(
    `${named(command)} was not sent: it would block ${connection}, or change its state, for everyone who shares it. ` +
      'Use a connection of its own: redisService.duplicate().',
    'REDIS_REFUSED',
  );
}

/**
 * Gives an error of ioredis, of the network or of Redis the type, code and outcome of this package. Errors
 * that have them already stay as they are.
 *
 * @param command name of the command, for the message
 */
export function toRedisError(error: unknown, command: string, connection: string): RedisError {
  if (RedisError.isRedisError(error)) return error;
  // A transaction is discarded for what was wrong with one of its commands.
  const reason = (error as { previousErrors?: unknown[] } | null)?.previousErrors?.[0] ?? error;
  const { kind, fault, outcome, advice } = classifyError(reason);
  const message = withoutValues(reason instanceof Error ? reason.message : String(reason));
  if (fault === 'caller') {
    return new RedisReplyError({
      reply: kind,
      // A script may have written before the command that failed; one that is not there has not begun.
      ...(isScript(error, command) && kind !== 'NOSCRIPT' ? { outcome: 'unknown' } : {}),
      connection,
      cause: error,
      message: `${named(command)} was refused by ${connection}: ${message}. ${advice}`,
    });
  }
  return new RedisUnavailableError({
    outcome,
    kind,
    connection,
    cause: error,
    message: `${named(command)} failed on ${connection}: ${message} (${kind}). ${advice}`,
  });
}

function isScript(error: unknown, command: string): boolean {
  const sent = (error as { command?: { name?: unknown } } | null)?.command?.name;
  return /^(eval|evalsha|fcall)$/i.test(typeof sent === 'string' ? sent : command);
}

/** Redis quotes the arguments of a command it does not know. */
function withoutValues(message: string): string {
  return message.replace(/,? with args beginning with:.*$/s, '');
}
