export { RedisCacheModule } from './redis-cache.module.js';
export type { RedisCacheModuleExtras, RedisCacheOptionsFactory } from './redis-cache.module-definition.js';
export type { CachePolicy, RedisCacheOptions } from './redis-cache.options.js';
export {
  type CacheResult,
  type CacheSetOptions,
  type GetOrSetOptions,
  RedisCacheService,
} from './redis-cache.service.js';
export type { CacheFactory } from './flights/value-maker.js';
export { createRedisCache, type RedisCache } from './create-redis-cache.js';
export { Cached, type CachedOptions } from './decorators/cached.js';
export { CacheEvict, type CacheEvictOptions } from './decorators/cache-evict.js';
export type { AsyncMethod } from './decorators/cached-method.js';
export type { KeyTemplate } from './decorators/key-template.js';
export { CacheError, type CacheErrorCode, CacheTimeoutError } from './cache.errors.js';
export {
  cacheChannels,
  type CacheOperationEvent,
  type CacheResultKind,
  type CacheSource,
} from './diagnostics/cache-operations.js';
