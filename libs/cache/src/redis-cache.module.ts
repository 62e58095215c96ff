import { CacheModule } from '@nestjs/cache-manager';
import { type DynamicModule, Module } from '@nestjs/common';
import type { RedisCache } from './create-redis-cache.js';
import { REDIS_CACHE, RedisCacheCoreModule } from './redis-cache.core-module.js';
import type { ASYNC_OPTIONS_TYPE, OPTIONS_TYPE } from './redis-cache.module-definition.js';

/**
 * A cache on the shared connection of `RedisModule`: `CACHE_MANAGER`, `CacheInterceptor`, `@CacheKey` and
 * `@CacheTTL` of `@nestjs/cache-manager`, and {@link RedisCacheService}, `@Cached` and `@CacheEvict` beside them.
 *
 * It opens no connection. While Redis is away memory stands in; nothing of that is an error of the application.
 *
 * @throws {CacheError} at start, naming the option that is wrong
 */
@Module({})
export class RedisCacheModule {
  /** Registers a cache with options known now. */
  static forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return moduleOf(RedisCacheCoreModule.forRoot(options), options.isGlobal ?? false);
  }

  /** Registers a cache whose options come from a factory, a class, or an existing provider. */
  static forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return moduleOf(RedisCacheCoreModule.forRootAsync(options), options.isGlobal ?? false);
  }
}

function moduleOf(core: DynamicModule, isGlobal: boolean): DynamicModule {
  const manager = CacheModule.registerAsync({
    imports: [core],
    inject: [REDIS_CACHE],
    useFactory: ({ keyv }: RedisCache) => ({ stores: [keyv] }),
    isGlobal,
  });
  return { module: RedisCacheModule, global: isGlobal, imports: [core, manager], exports: [core, manager] };
}
