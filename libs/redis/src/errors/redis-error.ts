/**
 * What certainly happened to a command that failed:
 *
 * - `not-sent`: it never left this process, so repeating it is safe
 * - `rejected`: Redis answered that it did not run it, so repeating it is safe once the reason is gone
 * - `unknown`: it was written to a socket and no answer came; it may or may not have run
 */
export type CommandOutcome = 'not-sent' | 'rejected' | 'unknown';

/** Stable codes of every error this package throws. */
export type RedisErrorCode =
  | 'REDIS_CONFIGURATION'
  | 'REDIS_INVALID_ARGUMENT'
  | 'REDIS_REFUSED'
  | 'REDIS_UNAVAILABLE'
  | 'REDIS_CONNECTION_LOST'
  | 'REDIS_QUEUE_FULL'
  | 'REDIS_CLOSED'
  | 'REDIS_OVERLOADED'
  | 'REDIS_TIMEOUT'
  | 'REDIS_ABORTED'
  | 'REDIS_REPLY';

export interface RedisErrorInit {
  code: RedisErrorCode;
  message: string;
  outcome: CommandOutcome;
  /** What was the matter, as `classifyError` names it. @default the code */
  kind?: string;
  /** `CLIENT LIST` name of the connection concerned. */
  connection?: string;
  cause?: unknown;
}

const brand = Symbol.for('holdfast.redis.error');

/**
 * Base of every error of this package. Messages say what happened, to which connection, and what to do;
 * they never contain passwords or values.
 */
export class RedisError extends Error {
  readonly code: RedisErrorCode;
  readonly outcome: CommandOutcome;
  /** What was the matter, e.g. `ECONNREFUSED`, `OOM`, `WRONGTYPE`; of bounded variety, fit for a metric's label. */
  readonly kind: string;
  readonly connection: string | undefined;

  constructor(init: RedisErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = new.target.name;
    this.code = init.code;
    this.outcome = init.outcome;
    this.kind = init.kind ?? init.code;
    this.connection = init.connection;
    Object.defineProperty(this, brand, { value: true });
  }

  /** True for errors of any copy of this package in the process, where `instanceof` would miss some. */
  static isRedisError(value: unknown): value is RedisError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/**
 * Redis cannot be used right now: not connected, connection lost, queue full, or refused by a server that
 * is loading, read-only or full. `outcome` says whether repeating the command is safe.
 */
export class RedisUnavailableError extends RedisError {
  constructor(init: Omit<RedisErrorInit, 'code'> & { code?: RedisErrorCode }) {
    super({ ...init, code: init.code ?? 'REDIS_UNAVAILABLE' });
  }
}

/** No answer within the deadline. `not-sent` when it was still waiting for the connection, else `unknown`. */
export class RedisTimeoutError extends RedisError {
  constructor(init: Omit<RedisErrorInit, 'code'>) {
    super({ ...init, code: 'REDIS_TIMEOUT' });
  }
}

/** Redis answered with an error that is about the command itself, such as WRONGTYPE. */
export class RedisReplyError extends RedisError {
  /** First word of the reply, e.g. `WRONGTYPE`. */
  readonly reply: string;

  /** @param init `outcome` is `rejected` unless given: a script may have written before it failed */
  constructor(init: Omit<RedisErrorInit, 'code' | 'outcome'> & { reply: string; outcome?: CommandOutcome }) {
    super({ outcome: 'rejected', ...init, code: 'REDIS_REPLY', kind: init.reply });
    this.reply = init.reply;
  }
}

/** An argument no Redis would accept, or one that is refused for the caller's safety. Never sent. */
export class RedisArgumentError extends RedisError {
  constructor(message: string, code: 'REDIS_INVALID_ARGUMENT' | 'REDIS_REFUSED' = 'REDIS_INVALID_ARGUMENT') {
    super({ code, message, outcome: 'not-sent' });
  }
}

/** One bad setting. `value` is absent when it is secret. */
export interface ConfigurationIssue {
  /** Environment variable or option. */
  setting: string;
  value?: string;
  /** What would be accepted, or what is wrong. */
  accepted: string;
}

/** Every bad setting in one error, thrown at start. */
export class RedisConfigurationError extends RedisError {
  readonly issues: readonly ConfigurationIssue[];

  constructor(issues: readonly ConfigurationIssue[]) {
    const lines = issues.map(
      ({ setting, value, accepted }) =>
        `  ${setting}${value === undefined ? '' : ` = ${value}`}: ${accepted}`,
    );
    super({
      code: 'REDIS_CONFIGURATION',
      outcome: 'not-sent',
      message: `Redis is not configured correctly:\n${lines.join('\n')}`,
    });
    this.issues = Object.freeze([...issues]);
  }
}
