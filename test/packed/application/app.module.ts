import { RedisHealthModule } from '@holdfast/health';
import { RedisModule } from '@holdfast/redis';
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { NotesController } from './notes.controller.js';

/** `RedisModule` with nothing else: everything comes from the environment. */
@Module({
  imports: [RedisModule, RedisHealthModule, TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, NotesController],
})
export class AppModule {}
