import { getRedisServiceToken, type RedisService } from '@holdfast/redis';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { createRedisCache, type RedisCache } from './create-redis-cache.js';
import {
  ASYNC_OPTIONS_TYPE, ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE,
} from './redis-cache.module-definition.js'; // prettier-ignore
import type { RedisCacheOptions } from './redis-cache.options.js';
import { RedisCacheService } from './redis-cache.service.js';

/** The cache of a registration. */
export const REDIS_CACHE = Symbol('REDIS_CACHE');

/** One cache: its options and its service. `RedisCacheModule` is the way to make one. */
@Module({})
export class RedisCacheCoreModule extends ConfigurableModuleClass {
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return withCache(super.forRoot(options), options.connection);
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withCache(super.forRootAsync(options), options.connection);
  }
}

function withCache(definition: DynamicModule, connection: string | undefined): DynamicModule {
  const cache: Provider = {
    provide: REDIS_CACHE,
    inject: [getRedisServiceToken(connection), MODULE_OPTIONS_TOKEN],
    useFactory: (redis: RedisService, options: RedisCacheOptions) => createRedisCache(redis, options),
  };
  const service: Provider = {
    provide: RedisCacheService,
    inject: [REDIS_CACHE],
    useFactory: (made: RedisCache) => made.service,
  };
  return {
    ...definition,
    providers: [...(definition.providers ?? []), cache, service],
    exports: [...(definition.exports ?? []), REDIS_CACHE, RedisCacheService],
  };
}
