import { Bulkhead } from '@holdfast/resilience';
import { Logger } from '@nestjs/common';
import { RedisCircuitBreaker } from './commands/circuit.js';
import { CommandExecutor } from './commands/command-executor.js';
import { readEnvironment } from './configuration/redis.config.js';
import type { RedisModuleOptions } from './configuration/redis.options.js';
import { resolveOptions } from './configuration/resolve-options.js';
import type { RedisLog } from './connections/connection-log.js';
import { RedisConnections } from './connections/redis-connections.js';
import { RedisEventEmitter } from './events/redis-events.js';
import { MemoryFallback } from './fallback/memory-fallback.js';
import { OutageRecovery } from './fallback/outage-recovery.js';
import { RecoveryJournal } from './fallback/recovery-journal.js';
import { RedisService } from './redis.service.js';
import { ShutdownCoordinator } from './shutdown/shutdown-coordinator.js';

export interface RedisServiceContext {
  /** Name of the registration, part of the connection names. */
  readonly name?: string;
  /** Where lines about connections go. @default Nest's Logger with the context `Redis` */
  readonly log?: RedisLog;
  /** Connect when the first command or `connect()` asks for it, not now. @default false */
  readonly lazyConnect?: boolean;
}

/**
 * Makes a service without Nest, for scripts and tests. It connects in the background; `close()` it at the end,
 * or the process does not exit by itself.
 *
 * @throws {RedisConfigurationError} listing every bad setting
 */
export function createRedisService(
  options: RedisModuleOptions = {},
  context: RedisServiceContext = {},
): RedisService {
  const resolved = resolveOptions(options, readEnvironment());
  const log = context.log ?? new Logger('Redis');
  const now = (): number => performance.now();
  const events = new RedisEventEmitter();
  if (resolved.target.tls?.rejectUnauthorized === false) {
    log.warn('event=insecure-tls The certificate of Redis is not verified (REDIS_TLS_INSECURE_SKIP_VERIFY).');
  }
  const connections = new RedisConnections(
    {
      options: resolved,
      registration: context.name,
      log,
      now,
      onChange: (change) => events.emit('connection', change),
      onCycling: (report) => events.emit('cycling', report),
    },
    { client: resolved.client, lazyConnect: context.lazyConnect ?? false },
  );
  const connection = connections.shared;
  const shutdown = new ShutdownCoordinator(log, now);
  const circuit = new RedisCircuitBreaker(resolved, (change) => {
    log.warn(`event=breaker connection=${connection.name} from=${change.from.kind} to=${change.to.kind}`);
    events.emit('breaker', change);
  });
  const journal = new RecoveryJournal({
    maxBytes: resolved.journalMaxBytes,
    now,
    wallUs: () => Date.now() * 1000,
  });
  const fallback =
    resolved.fallback === 'off'
      ? undefined
      : new MemoryFallback({
          maxBytes: resolved.fallbackMaxBytes,
          prefixes: resolved.fallbackPrefixes,
          journal,
          onDegraded: (reason) => recovery.degraded(reason),
          now,
        });
  const mode = resolved.fallbackRecovery;
  const recovery = new OutageRecovery({ connection, circuit, fallback, journal, mode, events, log, now });
  const unwatch = connections.onBeat(() => recovery.beat());
  shutdown.register({
    phase: 'buffers',
    name: 'journal',
    run: async (remainingMs) => {
      await recovery.finish(remainingMs);
      unwatch();
    },
  });
  const executorFor = (strict: boolean): CommandExecutor =>
    new CommandExecutor({
      connection,
      circuit,
      bulkhead,
      fallback,
      strict,
      settleJournal: (timeoutMs) => recovery.settle(timeoutMs),
      keyPrefix: connection.client.options.keyPrefix ?? '',
      commandTimeoutMs: resolved.commandTimeoutMs,
      now,
    });
  const bulkhead = new Bulkhead({
    maxOperations: resolved.maxInFlightCommands,
    maxBytes: resolved.maxInFlightBytes,
  });
  return new RedisService({
    options: resolved,
    connections,
    circuit,
    fallback,
    recovery,
    journal,
    executor: executorFor(false),
    strictExecutor: executorFor(true),
    shutdown,
    events,
    now,
  });
}

const instances = Symbol.for('holdfast:redis-services');

type Global = typeof globalThis & { [instances]?: Map<string, RedisService> };

/**
 * The one service of this process, made at the first call. It survives hot reload, where modules are loaded
 * again and again: kept on `globalThis`, the only global state of this package. After its `close()` the next
 * call makes a new one.
 *
 * @param options used by the first call only
 */
export function getRedisService(
  options: RedisModuleOptions = {},
  context: RedisServiceContext = {},
): RedisService {
  const services = ((globalThis as Global)[instances] ??= new Map<string, RedisService>());
  const name = context.name ?? '';
  const existing = services.get(name);
  if (existing !== undefined) return existing;
  const service = createRedisService(options, context);
  services.set(name, service);
  service.onShutdown({ phase: 'intake', name: 'getRedisService', run: () => void services.delete(name) });
  return service;
}
