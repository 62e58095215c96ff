import { ConfigurableModuleBuilder } from '@nestjs/common';
import { metricsControllerAt } from './redis-metrics.controller.js';
import type { RedisMetricsOptions } from './redis-metrics.options.js';
import { METRICS_OPTIONS } from './redis-metrics.tokens.js';

/** What must be known when the module is imported, also with `forRootAsync`. */
export interface RedisMetricsExtras {
  /**
   * Where the series are served; `false` for nowhere.
   *
   * @default '/metrics'
   */
  path?: string | false;
}

/** A class that makes the options, for `useClass` and `useExisting`. */
export interface RedisMetricsOptionsFactory {
  createRedisMetricsOptions(): RedisMetricsOptions | Promise<RedisMetricsOptions>;
}

export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<RedisMetricsOptions>({ optionsInjectionToken: METRICS_OPTIONS })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createRedisMetricsOptions')
    .setExtras<RedisMetricsExtras>({ path: '/metrics' }, (definition, { path = '/metrics' }) => ({
      ...definition,
      controllers: path === false ? [] : [metricsControllerAt(path)],
    }))
    .build();
