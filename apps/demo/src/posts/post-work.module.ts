import { RedisCacheModule } from '@holdfast/cache';
import { RedisQueueModule } from '@holdfast/queue';
import { Module } from '@nestjs/common';
import { postCreatedQueue } from './post-created.js';
import { PostCreatedProcessor } from './post-created.processor.js';
import { PostsRepository } from './posts.repository.js';
import { PostsService } from './posts.service.js';

/** Posts, their cache and their jobs, without HTTP. `RedisModule` is global and need not be imported. */
@Module({
  imports: [
    RedisCacheModule.forRoot({ prefix: 'board:cache' }),
    RedisQueueModule.forRoot({ prefix: 'board:queue' }),
    RedisQueueModule.registerQueue({
      name: postCreatedQueue,
      defaultJobOptions: {
        attempts: 5,
        backoff: { type: 'exponential', delay: 1_000 },
        removeOnComplete: 100,
        removeOnFail: 1_000,
      },
    }),
  ],
  providers: [PostsService, PostsRepository, PostCreatedProcessor],
  exports: [PostsService],
})
export class PostWorkModule {}
