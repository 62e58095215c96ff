import { Module } from '@nestjs/common';
import { PostWorkModule } from './post-work.module.js';
import { PostsController } from './posts.controller.js';

/** Everything about posts. The throttler is global and need not be imported. */
@Module({ imports: [PostWorkModule], controllers: [PostsController] })
export class PostsModule {}
