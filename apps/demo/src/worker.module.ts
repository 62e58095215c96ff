import { RedisModule, type RedisModuleOptions } from '@holdfast/redis';
import { type DynamicModule, Module } from '@nestjs/common';
import { PostWorkModule } from './posts/post-work.module.js';

/** A worker of the bulletin board, in a process of its own. */
@Module({})
export class WorkerModule {
  /** @param redis what the environment does not say */
  static with(redis: RedisModuleOptions): DynamicModule {
    return { module: WorkerModule, imports: [RedisModule.forRoot(redis), PostWorkModule] };
  }
}
