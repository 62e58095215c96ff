import { type DynamicModule, Module } from '@nestjs/common';
import { RedisMetricsCoreModule } from './redis-metrics.core-module.js';
import type { ASYNC_OPTIONS_TYPE, OPTIONS_TYPE } from './redis-metrics.module-definition.js';

/**
 * Shows connections, commands, breaker and fallback of `RedisModule` to Prometheus, at `/metrics`.
 *
 * `imports: [RedisMetricsModule]` is enough; `forRoot` and `forRootAsync` take options. It opens no
 * connection and sends nothing to Redis.
 *
 * @throws {RangeError} at start, for options outside of their range
 * @throws {Error} at start, when there is no such registration or the registry has a series of that name
 */
@Module({ imports: [RedisMetricsCoreModule.forRoot({})], exports: [RedisMetricsCoreModule] })
export class RedisMetricsModule {
  /** With options known now. */
  static forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return RedisMetricsCoreModule.forRoot(options);
  }

  /** With options from a factory, a class, or an existing provider; `path` is beside them. */
  static forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return RedisMetricsCoreModule.forRootAsync(options);
  }
}
