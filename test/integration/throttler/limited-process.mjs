// One application process of the flood test, on the packages as they are built. Says where it listens.
import { RedisModule, RedisService } from '@holdfast/redis';
import { RedisThrottlerModule } from '@holdfast/throttler';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ThrottlerGuard } from '@nestjs/throttler';

class FloodedController {
  get() {
    return 'passed';
  }
}
Controller('flooded')(FloodedController);
Get()(
  FloodedController.prototype,
  'get',
  Object.getOwnPropertyDescriptor(FloodedController.prototype, 'get'),
);

// Decorated below, without decorators: Node runs this file as it is.
// oxlint-disable-next-line typescript/no-extraneous-class
class AppModule {}
Module({
  imports: [
    RedisModule.forRoot({ url: process.env.FLOOD_REDIS_URL }),
    RedisThrottlerModule.forRoot({ throttlers: [{ ttl: 60_000, limit: 20 }], timeoutMs: 10_000 }),
  ],
  controllers: [FloodedController],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
await app.get(RedisService).connect();
process.stdout.write(`${await app.getUrl()}\n`);
