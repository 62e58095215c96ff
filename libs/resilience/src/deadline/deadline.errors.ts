/** The time for an operation was over. The operation itself may still be running. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError';
  readonly code = 'DEADLINE_EXCEEDED';

  constructor() {
    super('the deadline was exceeded before the operation ended');
  }
}

/**
 * The caller gave an operation up through its AbortSignal; `cause` is the signal's reason.
 * Its `name` is `AbortError`, as everywhere in Node.
 */
export class OperationAbortedError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'OPERATION_ABORTED';

  constructor(reason: unknown) {
    super('the operation was aborted by its caller', { cause: reason });
  }
}
