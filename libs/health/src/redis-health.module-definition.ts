import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RedisCheckOptions } from './redis-health.options.js';

/** A class that makes the defaults of all checks, for `useClass` and `useExisting`. */
export interface RedisHealthOptionsFactory {
  createRedisHealthOptions(): RedisCheckOptions | Promise<RedisCheckOptions>;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<RedisCheckOptions>()
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createRedisHealthOptions')
    .build();
