/** Why a heartbeat destroyed a socket. Seen as the `cause` of what was in flight, and in the log. */
export class HalfOpenError extends Error {
  readonly code = 'HALF_OPEN';

  constructor(connection: string, timeoutMs: number) {
    super(`${connection} did not answer within ${timeoutMs} ms: it is half-open`);
    this.name = 'HalfOpenError';
  }
}
