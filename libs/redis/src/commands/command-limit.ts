import type { Command, Redis } from 'ioredis';
import { giveUpCommand } from '../connections/guarded-redis.js';
import { aborted, timedOut } from '../errors/command-errors.js';

export interface CommandLimit {
  /** Monotonic time in ms. */
  readonly endsAt: number;
  /** How long that is from the call on, for the message. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** For messages. */
  readonly connection: string;
  readonly now: () => number;
}

/** Ends one command at its own time or signal. What was not sent by then is not sent any more. */
export function limitCommand(command: Command, client: Redis, limit: CommandLimit): void {
  const { endsAt, timeoutMs, signal, connection, now } = limit;
  // Nothing is sent while the connection is not up; once it is, the command may have run.
  const outcome = (): 'not-sent' | 'unknown' => (client.status === 'ready' ? 'unknown' : 'not-sent');
  const onTimeout = (): void =>
    giveUpCommand(command, timedOut(command.name, connection, outcome(), timeoutMs));
  const onAbort = (): void =>
    giveUpCommand(command, aborted(command.name, connection, outcome(), signal?.reason));
  const timer = setTimeout(onTimeout, Math.max(0, endsAt - now()));
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  const done = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  command.promise.then(done, done);
}
