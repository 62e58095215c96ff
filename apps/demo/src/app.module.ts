import { RedisHealthModule } from '@holdfast/health';
import { RedisMetricsModule } from '@holdfast/metrics';
import { RedisModule, type RedisModuleOptions } from '@holdfast/redis';
import { RedisThrottlerModule } from '@holdfast/throttler';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health/health.controller.js';
import { PostsModule } from './posts/posts.module.js';
import { RedisErrorsFilter } from './redis-errors.filter.js';
import { RedisInfoController } from './redis-info/redis-info.controller.js';
import { WelcomeController } from './welcome/welcome.controller.js';

/** What the application is told from outside. */
export interface AppOptions {
  /** What the environment does not say. */
  readonly redis: RedisModuleOptions;
  /** How many posts a minute are taken from an address. */
  readonly postsPerMinute: number;
}

/** The bulletin board. */
@Module({})
export class AppModule {
  static with({ redis, postsPerMinute }: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        RedisModule.forRoot(redis),
        RedisHealthModule,
        RedisThrottlerModule.forRoot({
          keyPrefix: 'board:throttler:',
          throttlers: [{ ttl: 60_000, limit: postsPerMinute }],
        }),
        RedisMetricsModule.forRoot({ defaultMetrics: true }),
        // RedisModule writes one line a change of state; Terminus would write one a failed check.
        TerminusModule.forRoot({ logger: false }),
        PostsModule,
      ],
      controllers: [WelcomeController, HealthController, RedisInfoController],
      providers: [{ provide: APP_FILTER, useClass: RedisErrorsFilter }],
    };
  }
}
