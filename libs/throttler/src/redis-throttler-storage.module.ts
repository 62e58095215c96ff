import { Module } from '@nestjs/common';
import { RedisThrottlerStorage } from './redis-throttler.storage.js';
import { ConfigurableModuleClass } from './redis-throttler-storage.module-definition.js';

/**
 * Gives a {@link RedisThrottlerStorage} to a `ThrottlerModule.forRootAsync` of one's own.
 * `imports: [RedisThrottlerStorageModule]` is enough; `forRoot` and `forRootAsync` take options.
 * `RedisThrottlerModule` is shorter, where nothing else is wanted.
 */
@Module({ providers: [RedisThrottlerStorage], exports: [RedisThrottlerStorage] })
export class RedisThrottlerStorageModule extends ConfigurableModuleClass {}
