import { type DynamicModule, Module } from '@nestjs/common';
import { RedisCoreModule } from './redis.core-module.js';
import type { ASYNC_OPTIONS_TYPE, OPTIONS_TYPE } from './redis.module-definition.js';

/**
 * Owns the Redis connections of an application.
 *
 * `imports: [RedisModule]` alone takes everything from the environment. `forRoot` and `forRootAsync` take
 * options in code before those of the environment. Global by default; the application starts, and answers,
 * whether Redis is there or not.
 *
 * @throws {RedisConfigurationError} at start, listing every bad setting, or when a name is registered twice
 */
@Module({ imports: [RedisCoreModule.forRoot({})], exports: [RedisCoreModule] })
export class RedisModule {
  /** Registers a connection with options known now. */
  static forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return RedisCoreModule.forRoot(options);
  }

  /** Registers a connection whose options come from a factory, a class, or an existing provider. */
  static forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return RedisCoreModule.forRootAsync(options);
  }
}
