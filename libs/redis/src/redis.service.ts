import type { Redis, RedisOptions } from 'ioredis';
import { checkKey } from './commands/arguments.js';
import type { RedisCallOptions } from './commands/call.js';
import type { RedisCircuitBreaker } from './commands/circuit.js';
import type { CommandExecutor } from './commands/command-executor.js';
import { RedisCommands } from './commands/redis-commands.js';
import { ping } from './connections/ping.js';
import type { ResolvedRedisOptions } from './configuration/redis.options.js';
import type { RedisConnectionRole } from './connections/connection-role.js';
import { RedisConnectionState } from './connections/connection-state.js';
import type { ConnectionTotals } from './connections/connection-tally.js';
import type { RedisConnections } from './connections/redis-connections.js';
import type { ConnectionSnapshot, ManagedConnection } from './connections/managed-connection.js';
import { connectionEnded, notSent } from './errors/command-errors.js';
import { HealthMonitor } from './events/health-monitor.js';
import type { MemoryFallback, ValueWithSource } from './fallback/memory-fallback.js';
import type { OutageRecovery } from './fallback/outage-recovery.js';
import type { RecoveryJournal } from './fallback/recovery-journal.js';
import { RedisEventEmitter, type RedisHealth } from './events/redis-events.js';
import { ServerCommands } from './server/server-commands.js';
import type { RedisInfo } from './server/server-info.js';
import type { ShutdownCoordinator, ShutdownParticipant } from './shutdown/shutdown-coordinator.js';

/** What the service counted and what the server says of itself. */
export interface RedisStats {
  readonly connected: boolean;
  readonly connectionAttempts: number;
  readonly reconnects: number;
  readonly commandsSent: number;
  /** Replies that were errors, and calls that got no reply. */
  readonly commandsFailed: number;
  /** As Redis prints it, e.g. `2.5M`; `null` while it cannot be asked. */
  readonly memoryUsage: string | null;
  /** Clients the server has; `null` while it cannot be asked. */
  readonly connectedClients: number | null;
  /** Milliseconds since this service was made. */
  readonly uptime: number;
}

/** Whether memory stands in for Redis, and the writes that Redis does not have yet. */
export interface RedisFallbackState {
  /** From the first answer out of memory until Redis has every write. */
  readonly active: boolean;
  readonly journalEntries: number;
  readonly journalBytes: number;
}

export interface RedisServiceInit {
  readonly options: ResolvedRedisOptions;
  readonly connections: RedisConnections;
  readonly circuit: RedisCircuitBreaker;
  readonly fallback: MemoryFallback | undefined;
  readonly recovery: OutageRecovery;
  readonly journal: RecoveryJournal;
  readonly executor: CommandExecutor;
  readonly strictExecutor: CommandExecutor;
  readonly shutdown: ShutdownCoordinator;
  readonly events: RedisEventEmitter;
  /** Monotonic time in ms. */
  readonly now: () => number;
}

/** {@link RedisService.strict} */
class StrictCommands extends RedisCommands {
  constructor(protected readonly executor: CommandExecutor) {
    super();
  }
}

const quickCheckMs = 1_000;
const patientMs = 5_000;

/**
 * Redis for an application: everyday commands, the state of the connections, the server's health, and
 * connections of one's own for what cannot share.
 *
 * While Redis is down nothing waits for a time-out: cache-like commands (`get`, `set`, `mget`, `mset`, `del`, `unlink`,
 * `exists`, `expire`, `ttl`) are answered from memory, unless `REDIS_FALLBACK=off`; everything else fails at once
 * with a `RedisUnavailableError`. {@link strict} never answers from memory.
 */
export class RedisService extends ServerCommands {
  /** Changes of connections and health, for whoever wants to know. */
  readonly events: RedisEventEmitter;
  /** The circuit breaker before the shared connection, and the metrics of every operation. */
  readonly circuitBreaker: RedisCircuitBreaker;
  /** The same commands, never answered from memory: for locks, sessions, and whatever must not be guessed. */
  readonly strict: RedisCommands;
  protected readonly executor: CommandExecutor;
  protected readonly allowFlushDb: boolean;
  readonly #init: RedisServiceInit;
  readonly #shared: ManagedConnection;
  readonly #monitor: HealthMonitor;
  readonly #startedAt: number;
  #closing: Promise<void> | undefined;

  constructor(init: RedisServiceInit) {
    super();
    this.#init = init;
    this.#shared = init.connections.shared;
    this.#startedAt = init.now();
    this.events = init.events;
    this.executor = init.executor;
    this.strict = new StrictCommands(init.strictExecutor);
    this.circuitBreaker = init.circuit;
    this.allowFlushDb = init.options.allowFlushDb;
    this.#monitor = new HealthMonitor(() => this.healthCheck(), this.events);
    this.#monitor.start(init.options.healthCheckIntervalMs);
  }

  /** The shared client, the same that `REDIS_CLIENT` injects. */
  getClient(): Redis {
    return this.#shared.client;
  }

  /**
   * Opens a connection of its own with the same options, for what cannot share: blocking commands, WATCH,
   * MONITOR. It is named, watched by a heartbeat, and closed at shutdown; `quit()` or `disconnect()` it
   * earlier when it is not needed any more.
   *
   * @param override ioredis options for this connection
   * @throws {RedisUnavailableError} after shutdown
   */
  duplicate(override?: Partial<RedisOptions>): Redis {
    return this.#init.connections.create('duplicate', override).client;
  }

  /**
   * Opens a connection as BullMQ wants it: `maxRetriesPerRequest: null`, no key prefix, no command time-out.
   * Its commands wait for Redis without limit of time; the heartbeat still finds it half-open, by block time.
   *
   * @throws {RedisUnavailableError} after shutdown
   */
  createBullConnection(override?: Partial<RedisOptions>): Redis {
    return this.#init.connections.create('bull', override).client;
  }

  /** State of the shared connection, read off its socket. */
  getConnectionState(): RedisConnectionState {
    return this.#shared.state;
  }

  /** Every connection that was opened here or borrowed, as it is now. */
  getConnections(): readonly ConnectionSnapshot[] {
    return this.#init.connections.list().map((connection) => connection.snapshot());
  }

  /** What the connections of each role did since the start, closed ones included. */
  getConnectionTotals(): ReadonlyMap<RedisConnectionRole, ConnectionTotals> {
    return this.#init.connections.totals();
  }

  /**
   * Waits until the shared connection is usable, and starts it when it had given up.
   *
   * @param timeoutMs longest time to wait, from the call on. @default 5000
   * @throws {RedisUnavailableError} when it is not usable by then, or was shut down
   */
  async connect(timeoutMs: number = patientMs): Promise<void> {
    const { client, name, state } = this.#shared;
    if (state === RedisConnectionState.Connected) return;
    if (state === RedisConnectionState.Closed) throw connectionEnded('connect', name, undefined);
    if (client.status === 'wait' || client.status === 'end') client.connect().catch(() => undefined);
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error): void => {
        clearTimeout(timer);
        client.off('ready', ready);
        client.off('end', ended);
        if (error) reject(error);
        else resolve();
      };
      const ready = (): void => done();
      const ended = (): void => done(connectionEnded('connect', name, this.#shared.lastError));
      const timer = setTimeout(() => done(notSent('connect', name, this.#shared.lastError)), timeoutMs);
      client.once('ready', ready);
      client.once('end', ended);
    });
  }

  /** Whether Redis answers PING now. Never rejects, never slower than a second. */
  async isHealthy(): Promise<boolean> {
    return (await this.healthCheck()).healthy;
  }

  /**
   * Sends PING, also while the circuit breaker is open. While there is no connection it answers at once instead
   * of waiting for one.
   *
   * @param timeoutMs longest time for the answer. @default 1000
   */
  async healthCheck(timeoutMs: number = quickCheckMs): Promise<RedisHealth> {
    const startedAt = this.#init.now();
    const latency = (): number => Math.round((this.#init.now() - startedAt) * 100) / 100;
    if (this.#shared.state !== RedisConnectionState.Connected) {
      const { message } = notSent('PING', this.#shared.name, this.#shared.lastError);
      return { healthy: false, latency: latency(), error: message };
    }
    try {
      await ping(this.#shared.client, timeoutMs);
      return { healthy: true, latency: latency() };
    } catch (error) {
      return {
        healthy: false,
        latency: latency(),
        error: error instanceof Error ? error.message : String(error),
      };
    }
  }

  /** Counts of this service, and what the server says. Answers in an outage too. */
  async getStats(): Promise<RedisStats> {
    const totals = [...this.getConnectionTotals().values()];
    const sum = (pick: (of: ConnectionTotals) => number): number =>
      totals.reduce((total, of) => total + pick(of), 0);
    const info: RedisInfo = await this.getInfo(undefined, { timeoutMs: quickCheckMs }).catch(() => ({}));
    const clients = info.clients?.connected_clients;
    return {
      connected: this.#shared.state === RedisConnectionState.Connected,
      connectionAttempts: sum(({ connectionAttempts }) => connectionAttempts),
      reconnects: sum(({ reconnects }) => reconnects),
      commandsSent: sum(({ commandsSent }) => commandsSent),
      commandsFailed: this.#failures(),
      memoryUsage: info.memory?.used_memory_human ?? null,
      connectedClients: clients === undefined ? null : Number(clients),
      uptime: Math.round(this.#init.now() - this.#startedAt),
    };
  }

  /** Whether memory stands in for Redis, and what waits to reach it. Asks nobody. */
  getFallbackState(): RedisFallbackState {
    const { recovery, journal } = this.#init;
    return { active: recovery.active, journalEntries: journal.size, journalBytes: journal.bytes };
  }

  /** Entries and bytes that memory holds for an outage; zeros with `REDIS_FALLBACK=off`. */
  getFallbackCacheStats(): { size: number; calculatedSize: number; itemCount: number } {
    return this.#init.fallback?.stats ?? { size: 0, calculatedSize: 0, itemCount: 0 };
  }

  /**
   * Value of a key, where it comes from and how old it is. `GET`
   *
   * @throws what {@link get} throws
   */
  async getWithSource(key: string, options?: RedisCallOptions): Promise<ValueWithSource> {
    return this.executor.getWithSource(checkKey(key), options);
  }

  /**
   * Runs several commands, scripts or pipelines on the shared client under the rules of this service: at once
   * an error while Redis is down, and typed errors with an outcome.
   *
   * @param operation name for errors and metrics, e.g. `list-posts`
   * @example const ids = await redis.guard('list-posts', (client) => client.zrevrange('posts', 0, 9));
   */
  guard<T>(operation: string, work: (client: Redis) => Promise<T>): Promise<T> {
    return this.executor.guard(operation, work);
  }

  /**
   * Takes part in the shutdown, before the connections close.
   *
   * @returns a function that takes the participant out again
   */
  onShutdown(participant: ShutdownParticipant): () => void {
    return this.#init.shutdown.register(participant);
  }

  /**
   * Shuts down in phases, then closes every connection that was opened here. Further calls wait for the first.
   *
   * @param timeoutMs longest time for all of it, from the first call on. @default `shutdownTimeoutMs`
   */
  close(timeoutMs: number = this.#init.options.shutdownTimeoutMs): Promise<void> {
    this.#closing ??= this.#close(this.#init.now() + timeoutMs);
    return this.#closing;
  }

  #failures(): number {
    return Object.values(this.circuitBreaker.getAllMetrics()).reduce(
      (total, { failures, rejects }) => total + failures + rejects,
      0,
    );
  }

  async #close(deadlineAt: number): Promise<void> {
    this.#monitor.stop();
    await this.#init.shutdown.run(deadlineAt);
    await this.#init.connections.close(Math.max(0, deadlineAt - this.#init.now()));
  }
}
