import { classifyError, RedisError, RedisUnavailableError } from '@holdfast/redis';

const abouts = new Set(['REDIS_REPLY', 'REDIS_INVALID_ARGUMENT', 'REDIS_REFUSED', 'REDIS_CONFIGURATION']);

const unclassified = classifyError(undefined).advice;

/** Whether an error says that Redis cannot be used, and nothing about the job. */
export function isAway(error: unknown): boolean {
  if (RedisError.isRedisError(error)) return !abouts.has(error.code);
  if (!(error instanceof Error)) return false;
  const { fault, advice } = classifyError(error);
  if (fault !== 'unavailable') return false;
  // Errors of BullMQ, and of the caller's own code, are not known to the classifier.
  return advice !== unclassified || error.name === 'MaxRetriesPerRequestError';
}

/** Whether what failed may have run all the same. */
export function mayHaveRun(error: unknown): boolean {
  const { outcome } = RedisError.isRedisError(error) ? error : classifyError(error);
  return outcome === 'unknown';
}

/** Redis is away, and there is no room for more. */
export function outboxFull(
  queue: string,
  limits: { maxJobs: number; maxBytes: number },
): RedisUnavailableError {
  return new RedisUnavailableError({
    code: 'REDIS_QUEUE_FULL',
    outcome: 'not-sent',
    kind: 'OUTBOX_FULL',
    message:
      `Nothing was added to the queue "${queue}": Redis is away and the outbox is full ` +
      `(${limits.maxJobs} jobs, ${limits.maxBytes} bytes). Raise outbox.maxJobs or outbox.maxBytes, or try later.`,
  });
}

/** Redis is away, and this cannot wait in the outbox. */
export function notBuffered(operation: string, cause: unknown): RedisUnavailableError {
  return new RedisUnavailableError({
    outcome: 'not-sent',
    kind: RedisError.isRedisError(cause) ? cause.kind : 'NOT_CONNECTED',
    cause,
    message: `${operation} was not sent: Redis is away, and only plain jobs wait in the outbox. Try again later.`,
  });
}

/** The application is shutting down: nobody would send it any more. */
export function intakeClosed(queue: string): RedisUnavailableError {
  return new RedisUnavailableError({
    code: 'REDIS_CLOSED',
    outcome: 'not-sent',
    message: `Nothing was added to the queue "${queue}": Redis is shut down.`,
  });
}
