import { RedisHealthModule } from '@holdfast/health';
import { RedisMetricsModule } from '@holdfast/metrics';
import { RedisModule, type RedisModuleOptions } from '@holdfast/redis';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health/health.controller.js';
import { PostsModule } from './posts/posts.module.js';
import { RedisErrorsFilter } from './redis-errors.filter.js';
import { RedisInfoController } from './redis-info/redis-info.controller.js';
import { WelcomeController } from './welcome/welcome.controller.js';

/** The bulletin board. */
@Module({})
export class AppModule {
  /** @param redis what the environment does not say */
  static with(redis: RedisModuleOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        RedisModule.forRoot(redis),
        RedisHealthModule,
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
