import { RedisError, RedisTimeoutError, RedisUnavailableError } from '@holdfast/redis';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpStatus } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { RedisUnavailableBody } from './redis-unavailable.body.js';

/** Longest pause between two attempts to connect, by the defaults of `@holdfast/redis`. */
const retryAfterSeconds = 2;

/**
 * Answers 503 when Redis is needed and away, and says what became of the request. What Redis is missing is
 * told by `/health`; what it answers about a command is a mistake of ours and stays a 500.
 */
@Catch(RedisError)
export class RedisErrorsFilter extends BaseExceptionFilter implements ExceptionFilter<RedisError> {
  override catch(error: RedisError, host: ArgumentsHost): void {
    if (!(error instanceof RedisUnavailableError || error instanceof RedisTimeoutError)) {
      super.catch(error, host);
      return;
    }
    const http = this.httpAdapterHost!.httpAdapter;
    const [request, response] = host.getArgs<[unknown, unknown]>();
    if (http.isHeadersSent(response)) return;
    const body: RedisUnavailableBody = {
      statusCode: HttpStatus.SERVICE_UNAVAILABLE,
      code: 'REDIS_UNAVAILABLE',
      reason: error.code,
      outcome: error.outcome,
      message: messageFor(http.getRequestMethod?.(request) as string, error.outcome),
    };
    http.setHeader(response, 'Retry-After', String(retryAfterSeconds));
    http.reply(response, body, body.statusCode);
  }
}

function messageFor(method: string, outcome: RedisError['outcome']): string {
  if (method === 'GET' || method === 'HEAD') return 'Redis cannot be read at the moment. Try again later.';
  return outcome === 'unknown'
    ? 'Redis did not answer: the post may or may not have been created. Look at GET /posts before trying again.'
    : 'Redis cannot be reached at the moment: nothing was created. Try again later.';
}
