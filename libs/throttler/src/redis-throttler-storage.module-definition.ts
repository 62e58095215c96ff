import { getRedisServiceToken, type RedisService } from '@holdfast/redis';
import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RedisThrottlerModuleOptions } from './redis-throttler.options.js';
import { RedisThrottlerStorage } from './redis-throttler.storage.js';
import type { RedisThrottlerStorageOptions } from './redis-throttler-storage.options.js';
import { REDIS_THROTTLER_OPTIONS } from './redis-throttler.tokens.js';

/** What must be known when the module is imported, also with `forRootAsync`. */
export interface RedisThrottlerExtras {
  /**
   * The registration whose connection is used, as named in `RedisModule.forRoot({ name })`.
   *
   * @default the one without a name
   */
  connection?: string;
}

/** A class that makes the options, for `useClass` and `useExisting`. */
export interface RedisThrottlerOptionsFactory<Options = RedisThrottlerModuleOptions> {
  createRedisThrottlerOptions(): Options | Promise<Options>;
}

export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<RedisThrottlerStorageOptions>({
  optionsInjectionToken: REDIS_THROTTLER_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createRedisThrottlerOptions')
  .setExtras<RedisThrottlerExtras>({ connection: undefined }, (definition, { connection }) => ({
    ...definition,
    providers: [
      ...(definition.providers ?? []),
      {
        provide: RedisThrottlerStorage,
        inject: [getRedisServiceToken(connection), REDIS_THROTTLER_OPTIONS],
        useFactory: (redis: RedisService, options: RedisThrottlerStorageOptions) =>
          new RedisThrottlerStorage(redis, options),
      },
    ],
    exports: [RedisThrottlerStorage, REDIS_THROTTLER_OPTIONS],
  }))
  .build();
