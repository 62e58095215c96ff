import type { Redis, RedisOptions } from 'ioredis';
import type { ResolvedRedisOptions } from '../configuration/redis.options.js';
import { RedisUnavailableError } from '../errors/redis-error.js';
import { ConnectionLog, type RedisLog } from './connection-log.js';
import { roleRules, type RedisConnectionRole } from './connection-role.js';
import { CyclingDetector, type CyclingReport } from './cycling-detector.js';
import { GuardedRedis } from './guarded-redis.js';
import { toIoredisOptions } from './ioredis-options.js';
import { type ConnectionChange, ManagedConnection } from './managed-connection.js';
import type { PulseTimer } from './pulse-timer.js';
import { ReconnectPolicy } from './reconnect-policy.js';

export interface ConnectionFactoryInit {
  readonly options: ResolvedRedisOptions;
  /** Name of the registration, part of the connection names unless it is the default one. */
  readonly registration: string | undefined;
  /** Kept up to date: every connection that is open or coming back. */
  readonly open: Set<ManagedConnection>;
  readonly pulse: PulseTimer;
  readonly log: RedisLog;
  /** Monotonic time in ms. */
  readonly now: () => number;
  readonly onChange: (change: ConnectionChange) => void;
  readonly onCycling: (report: CyclingReport) => void;
  /** A connection is not among the open ones any more. */
  readonly onEnd: (connection: ManagedConnection) => void;
}

/**
 * The only place that constructs ioredis clients. Each gets a role, a name for `CLIENT LIST`, an `error`
 * listener, a heartbeat, counters, and a place in the list of open connections until it is closed.
 */
export class ConnectionFactory {
  readonly #init: ConnectionFactoryInit;
  readonly #cycling = new CyclingDetector();
  readonly #made = new Map<RedisConnectionRole, number>();
  #closed = false;

  constructor(init: ConnectionFactoryInit) {
    this.#init = init;
  }

  /** No connection can be made any more. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Makes a connection and starts connecting in the background, unless `lazyConnect` is overridden to true.
   *
   * @param override ioredis options for this one connection
   * @throws {RedisUnavailableError} after shutdown
   */
  create(role: RedisConnectionRole, override: Partial<RedisOptions> = {}): ManagedConnection {
    const { options, now, pulse } = this.#init;
    if (this.#closed) {
      throw new RedisUnavailableError({
        code: 'REDIS_CLOSED',
        outcome: 'not-sent',
        message: `No ${role} connection can be opened: Redis is shut down.`,
      });
    }
    const rules = roleRules[role];
    const name = override.connectionName ?? this.#nextName(role);
    const policy = new ReconnectPolicy(options, now);
    // Deadlines and retries are ours; ioredis' own would contradict them.
    const { lazyConnect = false, replyMapping, retryStrategy, commandTimeout, ...passed } = override;
    void [replyMapping, retryStrategy];
    const settings = {
      ...toIoredisOptions(options, role),
      ...passed,
      connectionName: name,
      retryStrategy: () => policy.next(),
    };
    const address = { host: settings.host ?? '127.0.0.1', port: settings.port ?? 6379, db: settings.db ?? 0 };
    const client: GuardedRedis = new GuardedRedis(settings, {
      description: `${name} (${address.host}:${address.port})`,
      commandTimeoutMs: rules.waitsForEver ? undefined : (commandTimeout ?? options.commandTimeoutMs),
      waiting: { maxCommands: options.maxWaitingCommands, maxBytes: options.maxWaitingBytes },
      isShared: rules.isShared,
      isBull: role === 'bull',
      now,
      duplicate: (more) =>
        this.create(role === 'bull' ? 'bull' : 'duplicate', {
          ...override,
          connectionName: undefined,
          ...more,
        }).client,
    });
    const connection = this.#manage(client, name, role, address, policy);
    const watch = (): (() => void) => pulse.onBeat((now) => connection.beat(now));
    let unwatch = watch();
    client.on('end', () => unwatch());
    // It comes back when somebody calls connect() after it gave up.
    client.on('connecting', () => {
      this.#init.open.add(connection);
      unwatch();
      unwatch = watch();
    });
    if (!lazyConnect) client.connect().catch(() => undefined);
    return connection;
  }

  /** Takes a client of somebody else under observation: it is never configured, probed or closed. */
  borrow(client: Redis): ManagedConnection {
    const { host = 'borrowed', port = 0, db = 0, connectionName } = client.options;
    const policy = new ReconnectPolicy(this.#init.options, this.#init.now);
    return this.#manage(
      client,
      connectionName ?? this.#nextName('shared'),
      'shared',
      { host, port, db },
      policy,
    );
  }

  #manage(
    client: Redis,
    name: string,
    role: RedisConnectionRole,
    address: { host: string; port: number; db: number },
    policy: ReconnectPolicy,
  ): ManagedConnection {
    const { options, open, log, now, onChange, onCycling, onEnd } = this.#init;
    const connection = new ManagedConnection({
      client,
      name,
      role,
      address,
      policy,
      onChange,
      log: new ConnectionLog(log, name, now),
      heartbeat: { intervalMs: options.heartbeatIntervalMs, timeoutMs: options.heartbeatTimeoutMs },
      onConnect: ({ log: connectionLog }) => {
        const report = this.#cycling.connected(name, now(), open.size);
        if (report === undefined) return;
        connectionLog.cycling(report);
        onCycling(report);
      },
    });
    open.add(connection);
    client.on('end', () => {
      open.delete(connection);
      onEnd(connection);
    });
    return connection;
  }

  #nextName(role: RedisConnectionRole): string {
    const { options, registration } = this.#init;
    const number = (this.#made.get(role) ?? 0) + 1;
    this.#made.set(role, number);
    const parts = [options.appName, ...(registration ? [registration] : []), role];
    return `${parts.join(':')}${number > 1 ? `-${number}` : ''}`;
  }
}
