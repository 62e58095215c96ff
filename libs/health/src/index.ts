export { RedisHealthIndicator } from './redis.health.js';
export { RedisHealthModule } from './redis-health.module.js';
export type { RedisHealthOptionsFactory } from './redis-health.module-definition.js';
export type { RedisCheckOptions } from './redis-health.options.js';
export type { RedisConnectionReport, RedisConnectionTrouble } from './report/connection-report.js';
export type { RedisHealthReport } from './report/health-report.js';
export type { RedisServerReport } from './report/server-report.js';
