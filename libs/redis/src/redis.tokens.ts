import { Inject } from '@nestjs/common';
import { RedisService } from './redis.service.js';

/** Injects the shared ioredis client of the default registration. */
export const REDIS_CLIENT = Symbol.for('holdfast:REDIS_CLIENT');

/**
 * Token of the shared client of a registration.
 *
 * @param name as given to `RedisModule.forRoot`; the default registration without it
 */
export function getRedisClientToken(name?: string): symbol {
  return name === undefined ? REDIS_CLIENT : Symbol.for(`holdfast:REDIS_CLIENT:${name}`);
}

/**
 * Token of the service of a registration.
 *
 * @param name as given to `RedisModule.forRoot`; the default registration without it
 */
export function getRedisServiceToken(name?: string): symbol | typeof RedisService {
  return name === undefined ? RedisService : Symbol.for(`holdfast:RedisService:${name}`);
}

/** Injects the shared client: `@InjectRedis() client: Redis`, or `@InjectRedis('jobs')` of a named registration. */
export const InjectRedis = (name?: string): PropertyDecorator & ParameterDecorator =>
  Inject(getRedisClientToken(name));

/** Injects the service of a named registration: `@InjectRedisService('jobs') redis: RedisService`. */
export const InjectRedisService = (name?: string): PropertyDecorator & ParameterDecorator =>
  Inject(getRedisServiceToken(name));
