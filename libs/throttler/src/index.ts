export { RedisThrottlerModule, type RedisThrottlerAsyncOptions } from './redis-throttler.module.js';
export type { RedisThrottlerModuleOptions } from './redis-throttler.options.js';
export { RedisThrottlerStorageModule } from './redis-throttler-storage.module.js';
export type {
  RedisThrottlerExtras,
  RedisThrottlerOptionsFactory,
} from './redis-throttler-storage.module-definition.js';
export type { RedisThrottlerStorageOptions, WhenDown } from './redis-throttler-storage.options.js';
export { RedisThrottlerStorage } from './redis-throttler.storage.js';
export { throttlerChannels, type ThrottlerHitEvent } from './throttler-channels.js';
