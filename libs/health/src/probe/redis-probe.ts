import { type ConnectionSnapshot, RedisConnectionState, type RedisService } from '@holdfast/redis';
import { readServerReport, type RedisServerReport } from '../report/server-report.js';

/** What one look at Redis found. */
export interface Sighting {
  /** The connection that was asked. */
  readonly shared: ConnectionSnapshot;
  /** Every connection of the registration, the shared one included. */
  readonly connections: readonly ConnectionSnapshot[];
  /** Whether Redis answered this time, with what, or was not asked because there is no connection. */
  readonly answer:
    | { readonly kind: 'pong' }
    | { readonly kind: 'late'; readonly silentMs: number }
    | { readonly kind: 'error'; readonly message: string }
    | { readonly kind: 'not-connected' };
  /** Milliseconds that the last PING to be answered took, and how long ago its answer came. */
  readonly latencyMs?: number;
  readonly latencyAgeMs?: number;
  /** What the server said of itself last, and how long ago. */
  readonly server?: RedisServerReport;
  readonly serverAgeMs?: number;
}

export interface LookOptions {
  /** Longest time in ms to wait for answers; they are noted when they come later. */
  readonly waitMs: number;
  /** Whether to ask for INFO beside PING. */
  readonly details: boolean;
}

type Probed = Pick<RedisService, 'getConnections' | 'healthCheck' | 'getInfo'>;

/** A PING is listened for so long, so that an answer that comes late still proves that Redis is alive. */
const listenMs = 5_000;

/**
 * Asks Redis with one PING and one INFO at a time, shared by all who look, and remembers the answers. On a
 * socket that is dead and not yet known to be, it puts no more than these two.
 */
export class RedisProbe {
  readonly #redis: Probed;
  readonly #now: () => number;
  #ping: Promise<void> | undefined;
  #info: Promise<void> | undefined;
  /** When the first PING was sent that has not been answered. */
  #silentSince: number | undefined;
  #pong: { readonly latencyMs: number; readonly at: number } | undefined;
  #refusal: string | undefined;
  #server: { readonly report: RedisServerReport; readonly at: number } | undefined;

  /** @param now monotonic time in ms */
  constructor(redis: Probed, now: () => number) {
    this.#redis = redis;
    this.#now = now;
  }

  async look({ waitMs, details }: LookOptions): Promise<Sighting> {
    if (!this.#connected()) return this.#sighting();
    const wanted = [this.#sendPing(), ...(details ? [this.#askServer()] : [])];
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)));
    await Promise.race([Promise.all(wanted), timeUp]);
    clearTimeout(timer);
    return this.#sighting();
  }

  #connected(): boolean {
    const connected = this.#redis.getConnections()[0]?.state === RedisConnectionState.Connected;
    // The silence of a socket says nothing about the next one.
    if (!connected) this.#silentSince = undefined;
    return connected;
  }

  #sendPing(): Promise<void> {
    this.#silentSince ??= this.#now();
    this.#ping ??= this.#redis.healthCheck(listenMs).then(({ healthy, latency, error }) => {
      this.#ping = undefined;
      if (!healthy && latency >= listenMs) return;
      this.#silentSince = undefined;
      this.#refusal = healthy ? undefined : error;
      if (healthy) this.#pong = { latencyMs: latency, at: this.#now() };
    });
    return this.#ping;
  }

  #askServer(): Promise<void> {
    this.#info ??= this.#redis.getInfo(undefined, { timeoutMs: listenMs }).then(
      (info) => {
        this.#info = undefined;
        this.#server = { report: readServerReport(info), at: this.#now() };
      },
      // PING tells what is wrong; a user who may not ask for INFO has no details, and that is all.
      () => (this.#info = undefined),
    );
    return this.#info;
  }

  #sighting(): Sighting {
    const now = this.#now();
    const connections = this.#redis.getConnections();
    const shared = connections[0] as ConnectionSnapshot;
    return {
      shared,
      connections,
      answer: this.#answer(now),
      ...(this.#pong ? { latencyMs: this.#pong.latencyMs, latencyAgeMs: now - this.#pong.at } : {}),
      ...(this.#server ? { server: this.#server.report, serverAgeMs: now - this.#server.at } : {}),
    };
  }

  #answer(now: number): Sighting['answer'] {
    if (!this.#connected()) return { kind: 'not-connected' };
    if (this.#silentSince !== undefined) return { kind: 'late', silentMs: now - this.#silentSince };
    return this.#refusal === undefined ? { kind: 'pong' } : { kind: 'error', message: this.#refusal };
  }
}
