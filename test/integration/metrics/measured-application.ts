import { RedisMetrics, RedisMetricsModule } from '@holdfast/metrics';
import { RedisModule, type RedisModuleOptions, RedisService } from '@holdfast/redis';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Samples } from './samples.js';

type Imports = NonNullable<ModuleMetadata['imports']>;

/** An application with `/metrics`, over HTTP. */
export class MeasuredApplication {
  private constructor(
    readonly nest: INestApplication,
    private readonly url: string,
  ) {}

  static async start(
    redis: RedisModuleOptions,
    metrics: Parameters<typeof RedisMetricsModule.forRoot>[0] = {},
  ): Promise<MeasuredApplication> {
    return MeasuredApplication.with([RedisModule.forRoot(redis), RedisMetricsModule.forRoot(metrics)]);
  }

  static async with(imports: Imports): Promise<MeasuredApplication> {
    const module = await Test.createTestingModule({ imports }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    return new MeasuredApplication(app, await app.getUrl());
  }

  get redis(): RedisService {
    return this.nest.get(RedisService);
  }

  get metrics(): RedisMetrics {
    return this.nest.get(RedisMetrics);
  }

  async get(path = '/metrics'): Promise<{ code: number; type: string | null; text: string; tookMs: number }> {
    const startedAt = performance.now();
    const response = await fetch(this.url + path);
    const text = await response.text();
    const tookMs = performance.now() - startedAt;
    return { code: response.status, type: response.headers.get('content-type'), text, tookMs };
  }

  async scrape(): Promise<Samples> {
    return new Samples((await this.get()).text);
  }

  /** The fastest of several answers: what is slow here and only here is the machine. */
  async fastestMs(times = 8): Promise<number> {
    let fastest = Infinity;
    for (let i = 0; i < times; i++) fastest = Math.min(fastest, (await this.get()).tookMs);
    return fastest;
  }

  async close(): Promise<void> {
    await this.nest.close();
  }
}
