import { Logger } from '@nestjs/common';
import { readEnvironment } from './configuration/redis.config.js';
import type { RedisModuleOptions } from './configuration/redis.options.js';
import { resolveOptions } from './configuration/resolve-options.js';
import type { RedisLog } from './connections/connection-log.js';
import { RedisConnections } from './connections/redis-connections.js';
import { RedisEventEmitter } from './events/redis-events.js';
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
  const shutdown = new ShutdownCoordinator(log, now);
  return new RedisService({ options: resolved, connections, shutdown, events, now });
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
