import { RedisHealthIndicator, RedisHealthModule, type RedisCheckOptions } from '@holdfast/health';
import { RedisModule, type RedisModuleOptions, RedisService } from '@holdfast/redis';
import { Controller, Get, Inject, type INestApplication } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(RedisHealthIndicator) private readonly redis: RedisHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  all() {
    return this.health.check([() => this.redis.isHealthy('redis')]);
  }

  @Get('live')
  @HealthCheck()
  live() {
    return this.health.check([]);
  }

  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([() => this.redis.pingCheck('redis')]);
  }
}

/** An answer of `/health`, `/health/live` or `/health/ready`. */
export interface CheckedAnswer {
  code: number;
  status: string;
  details: Record<string, { status: string; message?: string } & Record<string, unknown>>;
  /** From the request to the end of the answer. */
  tookMs: number;
}

/** An application with the three usual endpoints, over HTTP. */
export class CheckedApplication {
  private constructor(
    private readonly app: INestApplication,
    private readonly url: string,
  ) {}

  static async start(
    redis: RedisModuleOptions,
    checks?: RedisCheckOptions,
    more: NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']> = [],
  ): Promise<CheckedApplication> {
    const module = await Test.createTestingModule({
      imports: [
        RedisModule.forRoot(redis),
        checks ? RedisHealthModule.forRoot(checks) : RedisHealthModule,
        TerminusModule.forRoot({ logger: false }),
        ...more,
      ],
      controllers: [HealthController],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    return new CheckedApplication(app, await app.getUrl());
  }

  get redis(): RedisService {
    return this.app.get(RedisService);
  }

  get indicator(): RedisHealthIndicator {
    return this.app.get(RedisHealthIndicator);
  }

  async get(path: 'health' | 'health/live' | 'health/ready' = 'health'): Promise<CheckedAnswer> {
    const startedAt = performance.now();
    const response = await fetch(`${this.url}/${path}`);
    const body = (await response.json()) as Pick<CheckedAnswer, 'status' | 'details'>;
    return { ...body, code: response.status, tookMs: performance.now() - startedAt };
  }

  /** The fastest of several answers: what is slow here and only here is the machine. */
  async fastestMs(path?: 'health' | 'health/ready', times = 8): Promise<number> {
    let fastest = Infinity;
    for (let i = 0; i < times; i++) fastest = Math.min(fastest, (await this.get(path)).tookMs);
    return fastest;
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}
