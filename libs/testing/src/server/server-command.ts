import { connect } from 'node:net';
import { type CommandArgument, encodeCommand } from '../resp/encode-command.js';
import { decodeReply, type Reply } from '../resp/decode-reply.js';
import { ReplyParser } from '../resp/reply-parser.js';
import { RedisServerError } from './redis-server.error.js';

/** A command and the way to the server it is for. */
export interface ServerCommand {
  /** Path of the server's Unix socket. */
  socket: string;
  password?: string | undefined;
  args: readonly CommandArgument[];
  /** Time from the call to the complete reply, in milliseconds. */
  timeoutMs: number;
}

/**
 * Sends one command over a connection of its own.
 *
 * @throws {ReplyError} when the server answers with an error.
 * @throws {RedisServerError} `REDIS_SERVER_NO_ANSWER` when no complete reply came in time.
 */
export async function sendCommand({
  socket: path,
  password,
  args,
  timeoutMs,
}: ServerCommand): Promise<Reply> {
  const commands = password === undefined ? [args] : [['AUTH', password], args];
  const replies = await exchange(path, commands.map(encodeCommand), timeoutMs, String(args[0]));
  return replies.map(decodeReply).at(-1)!;
}

function exchange(path: string, requests: Buffer[], timeoutMs: number, name: string): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    const parser = new ReplyParser();
    const replies: Buffer[] = [];
    let received = Buffer.alloc(0);

    const noAnswer = (why: string, cause?: unknown) =>
      finish(() => reject(new RedisServerError('REDIS_SERVER_NO_ANSWER', `${name}: ${why}`, { cause })));
    const timer = setTimeout(() => noAnswer(`no reply within ${timeoutMs} ms`), timeoutMs);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };

    socket.on('error', (error) => noAnswer(error.message, error));
    socket.on('close', () => noAnswer('the server closed the connection'));
    socket.on('data', (chunk: Buffer) => {
      const before = received.length;
      received = Buffer.concat([received, chunk]);
      let start = 0;
      parser.push(chunk, (end) => {
        replies.push(received.subarray(start, before + end));
        start = before + end;
      });
      received = received.subarray(start);
      if (replies.length >= requests.length) finish(() => resolve(replies));
    });
    socket.write(Buffer.concat(requests));
  });
}
