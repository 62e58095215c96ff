import { RespProtocolError } from './protocol-error.js';

/** A RESP2 reply as JavaScript sees it; bulk strings are read as UTF-8. */
export type Reply = string | number | null | Reply[];

/** The server answered a command with an error. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
  /** First word of the reply: `WRONGTYPE`, `NOAUTH`, `ERR` … */
  readonly code: string;

  constructor(message: string) {
    super(message);
    this.code = message.split(' ', 1)[0]!;
  }
}

/**
 * Decodes one complete RESP2 reply.
 *
 * @throws {ReplyError} when the reply is an error.
 */
export function decodeReply(bytes: Buffer): Reply {
  const reply = decodeAt({ bytes, at: 0 });
  if (reply instanceof ReplyError) throw reply;
  return reply;
}

function decodeAt(cursor: { bytes: Buffer; at: number }): Reply | ReplyError {
  const lineEnd = cursor.bytes.indexOf('\r\n', cursor.at);
  const type = String.fromCharCode(cursor.bytes[cursor.at]!);
  const line = cursor.bytes.toString('utf8', cursor.at + 1, lineEnd);
  cursor.at = lineEnd + 2;
  switch (type) {
    case '+':
      return line;
    case '-':
      return new ReplyError(line);
    case ':':
      return Number(line);
    case '$': {
      if (line === '-1') return null;
      const start = cursor.at;
      const end = start + Number(line);
      cursor.at = end + 2;
      return cursor.bytes.toString('utf8', start, end);
    }
    case '*':
      if (line === '-1') return null;
      // Errors inside an array (EXEC) stay visible as their text.
      return Array.from({ length: Number(line) }, () => {
        const element = decodeAt(cursor);
        return element instanceof ReplyError ? element.message : element;
      });
    default:
      throw new RespProtocolError(`Not a RESP2 reply: ${JSON.stringify(type)}`);
  }
}
