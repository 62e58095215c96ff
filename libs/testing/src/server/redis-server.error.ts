/** What went wrong with a {@link RedisServer}. */
export type RedisServerErrorCode =
  | 'REDIS_SERVER_NOT_FOUND'
  | 'REDIS_SERVER_OPTIONS'
  | 'REDIS_SERVER_START_FAILED'
  | 'REDIS_SERVER_NOT_RUNNING'
  | 'REDIS_SERVER_NO_ANSWER';

/** A server could not be found, started or asked; `code` says which, the message what to do. */
export class RedisServerError extends Error {
  override readonly name = 'RedisServerError';

  constructor(
    readonly code: RedisServerErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
