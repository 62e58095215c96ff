import type { Redis } from 'ioredis';
import { blockTimeMs } from '../commands/blocking.js';

export interface HeartbeatOptions {
  /** Silence in ms after which PING is sent. */
  readonly intervalMs: number;
  /** Time in ms for any byte to arrive after the PING. */
  readonly timeoutMs: number;
}

/** What the heartbeat wants done now. */
export type HeartbeatVerdict = 'alive' | 'ping' | 'half-open';

/** The socket side of a connection, as the heartbeat reads it. */
export interface Pulse {
  /** Bytes that have arrived so far on this socket. */
  readonly bytesRead: number;
  /** Whether PING may be sent: set up, and not blocked by a command in front. */
  readonly canPing: boolean;
  /** Whether an answer is awaited at all. */
  readonly awaitsReply: boolean;
  /** Longest time in ms the command in front may block, 0 when it does not. */
  readonly blockMs: number;
}

/** Beats come late on a busy machine, and so late is still time that passed. */
const maxBeatsAtOnce = 5;

/**
 * Tells by reading whether a connection is alive: bytes arrived lately, or arrive after a PING. TCP does not
 * tell: with unacknowledged data it waits for about 15 minutes.
 *
 * Its clock advances with the beats and never by more than five of them at once, so that a process which was
 * itself stopped or busy does not take the pause for silence.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #beatMs: number;
  #bytesRead = -1;
  #silentMs = 0;
  /** Silence since the PING, or since an answer is awaited where none can be sent; `undefined` before. */
  #awaitingMs: number | undefined;
  #lastBeatAt: number | undefined;

  /** @param beatMs how often {@link beat} is called */
  constructor(options: HeartbeatOptions, beatMs: number) {
    this.#options = options;
    this.#beatMs = beatMs;
  }

  /** Forgets everything: the connection is a new one. */
  reset(): void {
    this.#bytesRead = -1;
    this.#silentMs = 0;
    this.#awaitingMs = undefined;
  }

  /** Looks at the socket; called every `beatMs`. */
  beat(now: number, pulse: Pulse): HeartbeatVerdict {
    const elapsed = Math.min(now - (this.#lastBeatAt ?? now), maxBeatsAtOnce * this.#beatMs);
    this.#lastBeatAt = now;
    if (pulse.bytesRead !== this.#bytesRead) {
      this.reset();
      this.#bytesRead = pulse.bytesRead;
      return 'alive';
    }
    this.#silentMs += elapsed;
    if (this.#awaitingMs !== undefined) this.#awaitingMs += elapsed;
    // Bytes may have arrived up to a beat before they were seen, and the next look is a beat or more away.
    const slackMs = 2 * this.#beatMs;
    const { intervalMs, timeoutMs } = this.#options;
    if (this.#awaitingMs === undefined) {
      if (pulse.canPing && this.#silentMs + slackMs < intervalMs) return 'alive';
      if (!pulse.canPing && !pulse.awaitsReply) return 'alive';
      // Where no PING can be sent, the answer that is awaited anyway tells as much.
      this.#awaitingMs = 0;
      return pulse.canPing ? 'ping' : 'alive';
    }
    return this.#awaitingMs + slackMs >= timeoutMs + pulse.blockMs ? 'half-open' : 'alive';
  }
}

/** Reads what the heartbeat needs off an ioredis client. `undefined` while there is no socket to look at. */
export function readPulse(client: Redis): Pulse | undefined {
  const { status, stream } = client;
  if (!stream || stream.destroyed || (status !== 'ready' && status !== 'connect')) return undefined;
  const front = client.commandQueue.peekFront()?.command;
  const blockMs = (front && blockTimeMs(front)) ?? 0;
  return {
    bytesRead: stream.bytesRead,
    canPing: status === 'ready' && stream.writable && blockMs === 0,
    awaitsReply: front !== undefined,
    blockMs,
  };
}
