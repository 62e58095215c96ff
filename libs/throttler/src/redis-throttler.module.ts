import { type ConfigurableModuleAsyncOptions, type DynamicModule, Module } from '@nestjs/common';
import { ThrottlerModule, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { checkThrottlers, type RedisThrottlerModuleOptions } from './redis-throttler.options.js';
import { RedisThrottlerStorage } from './redis-throttler.storage.js';
import { RedisThrottlerStorageModule } from './redis-throttler-storage.module.js';
import type { RedisThrottlerExtras } from './redis-throttler-storage.module-definition.js';
import { REDIS_THROTTLER_OPTIONS } from './redis-throttler.tokens.js';

/** Where the options come from, when they are not known yet. */
export type RedisThrottlerAsyncOptions = ConfigurableModuleAsyncOptions<
  RedisThrottlerModuleOptions,
  'createRedisThrottlerOptions'
> &
  RedisThrottlerExtras;

/**
 * `ThrottlerModule` of `@nestjs/throttler`, counting in Redis on the connection of `RedisModule`. Guards,
 * decorators and options are those of `@nestjs/throttler`.
 *
 * @throws {RangeError} at start, for options or numbers of a throttler outside of their range
 */
@Module({})
export class RedisThrottlerModule {
  /** With options known now. */
  static forRoot(options: RedisThrottlerModuleOptions & RedisThrottlerExtras): DynamicModule {
    return withThrottler(RedisThrottlerStorageModule.forRoot(options));
  }

  /** With options from a factory, a class, or an existing provider; `connection` is beside them. */
  static forRootAsync(options: RedisThrottlerAsyncOptions): DynamicModule {
    return withThrottler(RedisThrottlerStorageModule.forRootAsync(options));
  }
}

function withThrottler(storageModule: DynamicModule): DynamicModule {
  const throttlerModule = ThrottlerModule.forRootAsync({
    imports: [storageModule],
    inject: [REDIS_THROTTLER_OPTIONS, RedisThrottlerStorage],
    useFactory: (
      options: RedisThrottlerModuleOptions,
      storage: RedisThrottlerStorage,
    ): ThrottlerModuleOptions => {
      checkThrottlers(options.throttlers);
      // Copied: the guard sorts the list that it is given.
      return { ...options, throttlers: [...options.throttlers], storage };
    },
  });
  return {
    module: RedisThrottlerModule,
    imports: [storageModule, throttlerModule],
    exports: [storageModule, throttlerModule],
  };
}
