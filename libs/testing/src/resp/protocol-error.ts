/** Thrown by the parsers on bytes that are not RESP. */
export class RespProtocolError extends Error {
  override readonly name = 'RespProtocolError';
  readonly code = 'RESP_PROTOCOL';
}
