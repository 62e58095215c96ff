import { Controller, Get, Inject, Res, SetMetadata, type Type, VERSION_NEUTRAL } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RedisMetrics } from './redis-metrics.js';

/** Makes a controller that serves the series at a path. Each module has a class of its own. */
export function metricsControllerAt(path: string): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  // It is not part of what an application documents as its API.
  @SetMetadata('swagger/apiExcludeController', [true])
  class RedisMetricsController {
    readonly #metrics: RedisMetrics;
    readonly #http: HttpAdapterHost;

    constructor(@Inject(RedisMetrics) metrics: RedisMetrics, @Inject(HttpAdapterHost) http: HttpAdapterHost) {
      this.#metrics = metrics;
      this.#http = http;
    }

    @Get()
    async scrape(@Res({ passthrough: true }) response: unknown): Promise<string> {
      const text = await this.#metrics.scrape();
      this.#http.httpAdapter.setHeader(response, 'Content-Type', this.#metrics.contentType);
      return text;
    }
  }
  return RedisMetricsController;
}
