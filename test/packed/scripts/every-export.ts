import * as redis from '@holdfast/redis';
import * as resilience from '@holdfast/resilience';
import * as testing from '@holdfast/testing';

/** Reads the declarations of all there is, with this ioredis. */
export const everything = { redis, resilience, testing };

const service: redis.RedisService = redis.createRedisService({ url: 'redis://127.0.0.1:6379' });
export const client: import('ioredis').Redis = service.getClient();
