import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RedisQueueModuleOptions } from './redis-queue.options.js';

/** What a registration has beside its options. */
export interface RedisQueueModuleExtras {
  /** The registration whose connections are used, as named in `RedisModule.forRoot({ name })`. @default the one without a name */
  connection?: string;
  /** Tells several registrations apart, as `configKey` of `@nestjs/bullmq` does. */
  configKey?: string;
  /** Workers and listeners wait for `BullRegistrar.register()`. @default false */
  manualRegistration?: boolean;
}

/** A class that makes the options, for `useClass` and `useExisting`. */
export interface RedisQueueOptionsFactory {
  createRedisQueueOptions(): RedisQueueModuleOptions | Promise<RedisQueueModuleOptions>;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<RedisQueueModuleOptions>()
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createRedisQueueOptions')
    .setExtras<RedisQueueModuleExtras>({}, (definition) => ({ ...definition, global: true }))
    .build();
