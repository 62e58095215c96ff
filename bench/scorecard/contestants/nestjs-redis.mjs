import { createRequire } from 'node:module';
import { nodeRedisContestant } from './node-redis.mjs';

/** It supports Nest up to 11 and node-redis up to 5, so it has packages of its own. */
const load = createRequire(new URL('../packages/nest-11/package.json', import.meta.url));

/** @type {readonly import('./index.mjs').Contestant[]} */
export const nestjsRedis = [
  {
    id: 'nestjs-redis',
    label: '@nestjs-redis|client 0.13',
    kind: 'client',
    how: '`RedisModule.forRoot({ options: { url } })` and `@InjectRedis()`, as its README shows, in Nest 11 with node-redis 5, the newest it supports',
    open,
  },
];

async function open(url) {
  load('reflect-metadata');
  const { Module } = load('@nestjs/common');
  const { NestFactory } = load('@nestjs/core');
  const { RedisModule, RedisToken } = load('@nestjs-redis/client');
  function AppModule() {}
  Module({ imports: [RedisModule.forRoot({ isGlobal: true, options: { url } })] })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
  const subscribers = [];
  const opened = nodeRedisContestant(app.get(RedisToken()), subscribers);
  return {
    ...opened,
    async close() {
      await Promise.all([app.close(), opened.close()]);
    },
  };
}
