import { BullModule, type BullRootModuleOptions, QueueEventsHost } from '@nestjs/bullmq';
import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { getRedisServiceToken, type RedisService } from '@holdfast/redis';
import { superviseQueueEvents } from './bull/supervised-queue-events.js';
import { findRuntime, QueueRuntime } from './queue-runtime.js';
import {
  type ASYNC_OPTIONS_TYPE, ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, type OPTIONS_TYPE, type RedisQueueModuleExtras,
} from './redis-queue.module-definition.js'; // prettier-ignore
import type { RedisQueueModuleOptions } from './redis-queue.options.js';
import { RedisQueueOutbox } from './redis-queue-outbox.js';
import { getQueueOutboxToken, getQueueRuntimeToken } from './redis-queue.tokens.js';

/** The runtime of this module instance, whatever its registration is called. */
const RUNTIME = Symbol('QUEUE_RUNTIME');

/** One registration: what its queues share. `RedisQueueModule` is the way to make one. */
@Module({ imports: [DiscoveryModule] })
export class RedisQueueCoreModule
  extends ConfigurableModuleClass
  implements OnApplicationBootstrap, BeforeApplicationShutdown
{
  readonly #runtime: QueueRuntime;
  readonly #discovery: DiscoveryService;

  constructor(@Inject(RUNTIME) runtime: QueueRuntime, @Inject(DiscoveryService) discovery: DiscoveryService) {
    super();
    this.#runtime = runtime;
    this.#discovery = discovery;
  }

  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return withBull(super.forRoot(options), options);
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withBull(super.forRootAsync(options), options);
  }

  /** `@nestjs/bullmq` has made the listeners by now, by itself and BullMQ's own class. */
  onApplicationBootstrap(): void {
    for (const { instance } of this.#discovery.getProviders()) {
      if (!(instance instanceof QueueEventsHost)) continue;
      const { _queueEvents: events } = instance as unknown as {
        _queueEvents?: QueueEventsHost['queueEvents'];
      };
      if (events && findRuntime(events.opts) === this.#runtime)
        superviseQueueEvents(events, this.#runtime.log);
    }
  }

  /** From here on the phases of the shutdown wait for workers, whoever closes them and in whatever order. */
  beforeApplicationShutdown(): void {
    this.#runtime.applicationIsClosing = true;
  }
}

function withBull(
  definition: DynamicModule,
  { connection, configKey, manualRegistration }: RedisQueueModuleExtras,
): DynamicModule {
  const token = getQueueRuntimeToken(configKey);
  const shared = {
    inject: [token],
    useFactory: ({ options, connections }: QueueRuntime): BullRootModuleOptions => ({
      ...options.bull,
      prefix: options.prefix,
      connection: connections.lazy,
    }),
    extraOptions: { manualRegistration: manualRegistration ?? false },
  };
  return {
    ...definition,
    imports: [
      ...(definition.imports ?? []),
      configKey === undefined ? BullModule.forRootAsync(shared) : BullModule.forRootAsync(configKey, shared),
    ],
    providers: [
      ...(definition.providers ?? []),
      {
        provide: RUNTIME,
        inject: [MODULE_OPTIONS_TOKEN, getRedisServiceToken(connection)],
        useFactory: (options: RedisQueueModuleOptions, redis: RedisService) =>
          new QueueRuntime(redis, options),
      },
      { provide: token, useExisting: RUNTIME },
      {
        provide: getQueueOutboxToken(configKey),
        inject: [RUNTIME],
        useFactory: ({ outbox }: QueueRuntime) => new RedisQueueOutbox(outbox),
      },
    ],
    exports: [...(definition.exports ?? []), token, getQueueOutboxToken(configKey)],
  };
}
