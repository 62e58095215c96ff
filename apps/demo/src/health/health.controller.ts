import { RedisHealthIndicator } from '@holdfast/health';
import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';

@ApiTags('health')
@Controller('health')
export class HealthController {
  readonly #health: HealthCheckService;
  readonly #redis: RedisHealthIndicator;

  constructor(
    @Inject(HealthCheckService) health: HealthCheckService,
    @Inject(RedisHealthIndicator) redis: RedisHealthIndicator,
  ) {
    this.#health = health;
    this.#redis = redis;
  }

  @Get()
  @HealthCheck()
  @ApiOperation({ summary: 'How everything is, in detail' })
  all(): Promise<HealthCheckResult> {
    return this.#health.check([() => this.#redis.isHealthy('redis')]);
  }

  /** Does not look at Redis: to start the process again would not bring Redis back. */
  @Get('live')
  @HealthCheck()
  @ApiOperation({ summary: 'Whether the process is alive' })
  live(): Promise<HealthCheckResult> {
    return this.#health.check([]);
  }

  /** The board cannot do without Redis; who can passes `whenDown: 'degraded'`. */
  @Get('ready')
  @HealthCheck()
  @ApiOperation({ summary: 'Whether requests can be served' })
  ready(): Promise<HealthCheckResult> {
    return this.#health.check([() => this.#redis.pingCheck('redis')]);
  }
}
