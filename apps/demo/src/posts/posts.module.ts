import { Module } from '@nestjs/common';
import { PostsController } from './posts.controller.js';
import { PostsRepository } from './posts.repository.js';
import { PostsService } from './posts.service.js';

/** Everything about posts. `RedisModule` is global and need not be imported. */
@Module({ controllers: [PostsController], providers: [PostsService, PostsRepository] })
export class PostsModule {}
