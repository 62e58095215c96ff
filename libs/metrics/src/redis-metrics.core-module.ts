import { Module } from '@nestjs/common';
import { ConfigurableModuleClass } from './redis-metrics.module-definition.js';
import { RedisMetrics } from './redis-metrics.js';

/** The series of one application and their path. `RedisMetricsModule` is the way to make one. */
@Module({ providers: [RedisMetrics], exports: [RedisMetrics] })
export class RedisMetricsCoreModule extends ConfigurableModuleClass {}
