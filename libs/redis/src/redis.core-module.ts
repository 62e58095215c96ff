import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { RedisModuleOptions } from './configuration/redis.options.js';
import { createRedisService } from './create-redis-service.js';
import { RedisConfigurationError } from './errors/redis-error.js';
import {
  ASYNC_OPTIONS_TYPE, ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, REDIS_REGISTRATION,
} from './redis.module-definition.js'; // prettier-ignore
import { RedisService } from './redis.service.js';
import { getRedisClientToken, getRedisServiceToken } from './redis.tokens.js';

interface Registration {
  readonly name: string | undefined;
}

/** The service of this module instance, whatever its registration is called. */
const SERVICE = Symbol('REDIS_SERVICE');

/** One registration: its options, its service, its client. `RedisModule` is the way to make one. */
@Module({})
export class RedisCoreModule extends ConfigurableModuleClass implements OnModuleInit, OnApplicationShutdown {
  readonly #service: RedisService;

  constructor(@Inject(SERVICE) service: RedisService) {
    super();
    this.#service = service;
  }

  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return withTokens(super.forRoot(options), options.name);
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withTokens(super.forRootAsync(options), options.name);
  }

  /** Connects in the background, once it is clear that the application starts: a failed start leaves nothing open. */
  onModuleInit(): void {
    const client = this.#service.getClient();
    if (client.status === 'wait') client.connect().catch(() => undefined);
  }

  /** Runs after Nest has closed the HTTP server; everybody else's last words are phases of the shutdown. */
  async onApplicationShutdown(): Promise<void> {
    await this.#service.close();
  }
}

function withTokens(definition: DynamicModule, name: string | undefined): DynamicModule {
  const service: Provider = {
    provide: SERVICE,
    inject: [MODULE_OPTIONS_TOKEN, REDIS_REGISTRATION, ModulesContainer],
    useFactory: (options: RedisModuleOptions, registration: Registration, modules: ModulesContainer) => {
      refuseSecond(registration, modules);
      return createRedisService(options, { ...(name === undefined ? {} : { name }), lazyConnect: true });
    },
  };
  const serviceToken = getRedisServiceToken(name);
  const clientToken = getRedisClientToken(name);
  return {
    ...definition,
    providers: [
      ...(definition.providers ?? []),
      service,
      { provide: serviceToken, useExisting: SERVICE },
      { provide: clientToken, inject: [SERVICE], useFactory: (made: RedisService) => made.getClient() },
    ],
    exports: [...(definition.exports ?? []), serviceToken, clientToken],
  };
}

/** @throws {RedisConfigurationError} when another module instance has the same name */
function refuseSecond({ name }: Registration, modules: ModulesContainer): void {
  let found = 0;
  for (const module of modules.values()) {
    const provider = module.metatype === RedisCoreModule && module.providers.get(REDIS_REGISTRATION);
    if (provider && (provider.instance as unknown as Registration).name === name) found++;
  }
  if (found > 1) {
    const which = name === undefined ? 'the default connection' : `the connection "${name}"`;
    throw new RedisConfigurationError([
      {
        setting: 'RedisModule',
        accepted: `${which} is registered ${found} times. Import it once (it is global), or give the others a name.`,
      },
    ]);
  }
}
