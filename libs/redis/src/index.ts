export { RedisModule } from './redis.module.js';
export type { RedisModuleExtras, RedisOptionsFactory } from './redis.module-definition.js';
export {
  getRedisClientToken,
  getRedisServiceToken,
  InjectRedis,
  InjectRedisService,
  REDIS_CLIENT,
} from './redis.tokens.js';
export { type RedisFallbackState, RedisService, type RedisStats } from './redis.service.js';
export { createRedisService, getRedisService, type RedisServiceContext } from './create-redis-service.js';
export type { RedisModuleOptions } from './configuration/redis.options.js';
export type { RedisCallOptions } from './commands/call.js';
export { classifyCommand, type CommandClass } from './commands/command-class.js';
export type { RedisKey, RedisValue } from './commands/arguments.js';
export type { ScoredMembers } from './commands/redis-commands.js';
export type { RedisConnectionRole } from './connections/connection-role.js';
export { RedisConnectionState } from './connections/connection-state.js';
export type { ConnectionTotals } from './connections/connection-tally.js';
export type { ConnectionChange, ConnectionSnapshot } from './connections/managed-connection.js';
export type { CyclingReport } from './connections/cycling-detector.js';
export type { RedisLog } from './connections/connection-log.js';
export { classifyError, type ErrorKind } from './errors/error-kinds.js';
export {
  type CommandOutcome,
  type ConfigurationIssue,
  RedisArgumentError,
  RedisConfigurationError,
  RedisError,
  type RedisErrorCode,
  RedisReplyError,
  RedisTimeoutError,
  RedisUnavailableError,
} from './errors/redis-error.js';
export type {
  FallbackReport,
  JournalOutcome,
  RedisEventEmitter,
  RedisEvents,
  RedisHealth,
} from './events/redis-events.js';
export { RedisCircuitBreaker } from './commands/circuit.js';
export type { ValuesWithSource, ValueWithSource } from './fallback/memory-fallback.js';
export { RedisCommands } from './commands/redis-commands.js';
export { type CommandEvent, redisChannels } from './diagnostics/channels.js';
export type { RedisInfo, RedisMemoryStats } from './server/server-info.js';
export type { ShutdownParticipant, ShutdownPhase } from './shutdown/shutdown-coordinator.js';
