import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ConfigurableModuleClass } from './redis-health.module-definition.js';
import { RedisHealthIndicator } from './redis.health.js';

/**
 * Gives Terminus a {@link RedisHealthIndicator}. `imports: [RedisHealthModule]` is enough; `forRoot` and
 * `forRootAsync` take defaults for all checks. Import `TerminusModule` beside it for the `HealthCheckService`.
 *
 * It opens no connection: it looks at those that `RedisModule` owns.
 */
@Module({ imports: [TerminusModule], providers: [RedisHealthIndicator], exports: [RedisHealthIndicator] })
export class RedisHealthModule extends ConfigurableModuleClass {}
