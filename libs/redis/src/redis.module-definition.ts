import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RedisModuleOptions } from './configuration/redis.options.js';

/** What a registration has beside the options of its connections. */
export interface RedisModuleExtras {
  /** Tells several registrations apart: `@InjectRedis('jobs')`. The default one has no name. */
  name?: string;
  /** Whether everything can inject it without importing the module. @default true */
  isGlobal?: boolean;
}

/** A class that makes the options, for `useClass` and `useExisting`. */
export interface RedisOptionsFactory {
  createRedisOptions(): RedisModuleOptions | Promise<RedisModuleOptions>;
}

/** Which registration a module instance is. */
export const REDIS_REGISTRATION = Symbol('REDIS_REGISTRATION');

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<RedisModuleOptions>()
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createRedisOptions')
    .setExtras<RedisModuleExtras>({ isGlobal: true, name: undefined }, (definition, { name, isGlobal }) => ({
      ...definition,
      global: isGlobal ?? true,
      providers: [...(definition.providers ?? []), { provide: REDIS_REGISTRATION, useValue: { name } }],
    }))
    .build();
