// The smallest application that listens. It tells its parent when it did, in ms since the process began.
await import('reflect-metadata');

const { Controller, Get, Module } = await import('@nestjs/common');
const { NestFactory } = await import('@nestjs/core');

const { BENCH_REDIS_URL: url, BENCH_REDIS_CLIENT: clientName } = process.env;
const imports = [];
if (clientName === 'ioredis') {
  const { Redis } = await import('ioredis');
  new Redis(url).on('error', () => undefined);
} else if (url) {
  const { RedisModule } = await import('@holdfast/redis');
  imports.push(RedisModule.forRoot({ url, appName: 'bench' }));
}

class AppController {
  hello() {
    return 'hello';
  }
}
Get()(AppController.prototype, 'hello', Object.getOwnPropertyDescriptor(AppController.prototype, 'hello'));
Controller()(AppController);

function AppModule() {}
Module({ imports, controllers: [AppController] })(AppModule);

await import('@nestjs/platform-express');
const createdAt = performance.now();
const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
const listeningAt = performance.now();
process.send({ processMs: listeningAt, createMs: listeningAt - createdAt, loadMs: createdAt });
