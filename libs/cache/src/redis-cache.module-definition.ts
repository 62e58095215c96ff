import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RedisCacheOptions } from './redis-cache.options.js';

/** What a registration has beside the options of the cache. */
export interface RedisCacheModuleExtras {
  /** Whether everything can inject the cache without importing the module. @default false */
  isGlobal?: boolean;
  /** Which registration of `RedisModule` to use. @default the one without a name */
  connection?: string;
}

/** A class that makes the options, for `useClass` and `useExisting`. */
export interface RedisCacheOptionsFactory {
  createRedisCacheOptions(): RedisCacheOptions | Promise<RedisCacheOptions>;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<RedisCacheOptions>()
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createRedisCacheOptions')
    .setExtras<RedisCacheModuleExtras>(
      { isGlobal: false, connection: undefined },
      (definition, { isGlobal }) => ({
        ...definition,
        global: isGlobal ?? false,
      }),
    )
    .build();
