import type { Redis } from 'ioredis';
import { type ConnectionLog, type LoggedAddress } from './connection-log.js';
import type { RedisConnectionRole } from './connection-role.js';
import { readConnectionState, RedisConnectionState } from './connection-state.js';
import { GuardedRedis } from './guarded-redis.js';
import { HalfOpenError } from './half-open.error.js';
import { Heartbeat, type HeartbeatOptions, readPulse } from './heartbeat.js';
import { beatMs } from './pulse-timer.js';
import type { ReconnectPolicy } from './reconnect-policy.js';

/** A change of state of one connection. */
export interface ConnectionChange {
  readonly connection: string;
  readonly role: RedisConnectionRole;
  readonly from: RedisConnectionState;
  readonly to: RedisConnectionState;
  /** What the socket complained about, when it was lost. */
  readonly reason?: Error;
}

/** What is known of one connection at this moment. */
export interface ConnectionSnapshot extends LoggedAddress {
  /** Name in `CLIENT LIST`. */
  readonly name: string;
  readonly role: RedisConnectionRole;
  readonly state: RedisConnectionState;
  readonly connectionAttempts: number;
  /** Times it was usable again after it had been lost. */
  readonly reconnects: number;
  readonly commandsSent: number;
  /** Replies that were errors. */
  readonly commandsFailed: number;
  readonly waitingCommands: number;
  readonly waitingBytes: number;
  /** Why it is not connected, as a classified kind is made of it; absent while it is. */
  readonly lastError?: Error;
}

export interface ManagedConnectionInit {
  readonly client: Redis;
  readonly name: string;
  readonly role: RedisConnectionRole;
  readonly address: LoggedAddress;
  readonly log: ConnectionLog;
  readonly heartbeat: HeartbeatOptions;
  readonly policy: ReconnectPolicy;
  readonly onChange: (change: ConnectionChange) => void;
  readonly onConnect: (connection: ManagedConnection) => void;
}

/** Time after which a connection that is open and not ready is not waited for any more. */
const handshakePatienceMs = 500;

/** One connection that this product opened, or borrowed, with everything that is known of it. */
export class ManagedConnection {
  readonly client: Redis;
  readonly name: string;
  readonly role: RedisConnectionRole;
  readonly address: LoggedAddress;
  readonly log: ConnectionLog;
  readonly #heartbeat: Heartbeat;
  readonly #heartbeatTimeoutMs: number;
  readonly #policy: ReconnectPolicy;
  readonly #onChange: ManagedConnectionInit['onChange'];
  readonly #history = { everReady: false, everFailed: false, closed: false };
  #attempts = 0;
  /** Monotonic time in ms at which the socket was first seen open and not ready. */
  #openedAt: number | undefined;
  #reconnects = 0;
  #lastState: RedisConnectionState;
  #borrowedError: Error | undefined;

  constructor(init: ManagedConnectionInit) {
    const { client, policy, log } = init;
    this.client = client;
    this.name = init.name;
    this.role = init.role;
    this.address = init.address;
    this.log = log;
    this.#heartbeat = new Heartbeat(init.heartbeat, beatMs);
    this.#heartbeatTimeoutMs = init.heartbeat.timeoutMs;
    this.#policy = policy;
    this.#onChange = init.onChange;
    this.#lastState = this.state;
    if (this.#lastState === RedisConnectionState.Connected) this.#history.everReady = true;
    client.on('error', (error: Error) => {
      if (!this.owned) this.#borrowedError = error;
    });
    client.on('connecting', () => {
      this.#attempts++;
      policy.attempted();
      if (this.#attempts === 1) log.connecting(this.address);
      this.#changed();
    });
    client.on('connect', () => {
      this.#heartbeat.reset();
      this.#openedAt = undefined;
      init.onConnect(this);
    });
    client.on('ready', () => {
      policy.ready();
      if (this.#history.everReady) this.#reconnects++;
      this.#history.everReady = true;
      this.#borrowedError = undefined;
      log.ready(this.address);
      this.#changed();
    });
    client.on('close', () => {
      this.#history.everFailed = true;
      this.#changed();
    });
    client.on('reconnecting', (delayMs: number) => {
      if (this.isDown && client instanceof GuardedRedis) client.giveUpImpatient();
      log.reconnecting(delayMs, this.lastError);
      this.#changed();
    });
    client.on('end', () => {
      if (!this.#history.closed && policy.gaveUp) log.gaveUp(policy.failedAttempts, this.lastError);
      else log.closed();
      this.#changed();
    });
  }

  /** Opened by this product, which must close it; false for a client that was passed in. */
  get owned(): boolean {
    return this.client instanceof GuardedRedis;
  }

  /** Name and address, for messages. */
  get description(): string {
    return `${this.name} (${this.address.host}:${this.address.port})`;
  }

  get state(): RedisConnectionState {
    return readConnectionState(this.client, this.#history);
  }

  /** Why it is not connected. */
  get lastError(): Error | undefined {
    return this.client instanceof GuardedRedis ? this.client.lastConnectionError : this.#borrowedError;
  }

  /**
   * An outage that is more than a blip: an attempt to connect failed since it was last usable. Waiting for it
   * is then a gamble.
   */
  get isDown(): boolean {
    switch (this.state) {
      case RedisConnectionState.Connecting:
      case RedisConnectionState.Reconnecting:
        return this.owned ? this.#policy.suspect : this.#borrowedError !== undefined;
      case RedisConnectionState.Disconnected:
      case RedisConnectionState.Closed:
        return true;
      default:
        return false;
    }
  }

  snapshot(): ConnectionSnapshot {
    const guarded = this.client instanceof GuardedRedis ? this.client : undefined;
    return {
      name: this.name,
      role: this.role,
      state: this.state,
      ...this.address,
      connectionAttempts: this.#attempts,
      reconnects: this.#reconnects,
      commandsSent: guarded?.counters.sent ?? 0,
      commandsFailed: guarded?.counters.failed ?? 0,
      waitingCommands: guarded?.waitingCommands ?? 0,
      waitingBytes: guarded?.waitingBytes ?? 0,
      ...(this.lastError ? { lastError: this.lastError } : {}),
    };
  }

  /** Looks at deadlines and heartbeat. Called by the pulse. */
  beat(now: number): void {
    const { client } = this;
    if (!(client instanceof GuardedRedis)) return;
    client.sweep(now);
    this.#watchHandshake(client, now);
    const pulse = readPulse(client);
    if (pulse === undefined) return;
    switch (this.#heartbeat.beat(now, pulse)) {
      case 'ping':
        client.probe();
        break;
      case 'half-open':
        this.#drop();
        break;
      default:
    }
  }

  /** Drops a connection whose front command blocks without limit: no heartbeat can tell whether it lives. */
  dropIfBlockedForEver(): void {
    if (this.client instanceof GuardedRedis && readPulse(this.client)?.blockMs === Infinity) this.#drop();
  }

  /**
   * Closes the connection: QUIT where an answer can be expected in time, else at once. A command that blocks
   * would hold QUIT up, so it is cut off.
   *
   * @param timeoutMs most time for QUIT, from now on
   */
  async close(timeoutMs: number): Promise<void> {
    const { client } = this;
    if (!this.owned || this.#history.closed) return;
    const canQuit = this.state === RedisConnectionState.Connected && !readPulse(client)?.blockMs;
    this.#history.closed = true;
    if (client.status === 'end') {
      this.#changed();
      return;
    }
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    if (canQuit && timeoutMs > 0) {
      const timer = setTimeout(() => this.#destroy(), timeoutMs);
      client.quit().catch(() => this.#destroy());
      await ended;
      clearTimeout(timer);
    } else {
      this.#destroy();
      await ended;
    }
  }

  /** A server that loads its data accepts connections and serves nobody: that is an outage as well. */
  #watchHandshake(client: GuardedRedis, now: number): void {
    if (client.status !== 'connect') return;
    this.#openedAt ??= now;
    if (now - this.#openedAt < handshakePatienceMs) return;
    this.#openedAt = Infinity;
    this.#policy.suspect = true;
    client.markNotReady();
    client.giveUpImpatient();
  }

  #drop(): void {
    // Nobody should wait for it before it has answered again.
    this.#policy.suspect = true;
    this.client.stream.destroy(new HalfOpenError(this.name, this.#heartbeatTimeoutMs));
  }

  #destroy(): void {
    this.client.disconnect();
    // A half-open socket would wait for a FIN that never comes.
    this.client.stream?.destroy();
  }

  #changed(): void {
    const to = this.state;
    const from = this.#lastState;
    if (to === from) return;
    this.#lastState = to;
    const reason = this.lastError;
    this.#onChange({ connection: this.name, role: this.role, from, to, ...(reason ? { reason } : {}) });
  }
}
