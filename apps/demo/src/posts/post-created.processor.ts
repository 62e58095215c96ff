import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject } from '@nestjs/common';
import type { Job } from 'bullmq';
import { type PostCreated, postCreatedQueue } from './post-created.js';
import { PostsService } from './posts.service.js';

/** Does what a post needs and nobody waits for. */
@Processor(postCreatedQueue)
export class PostCreatedProcessor extends WorkerHost {
  readonly #posts: PostsService;

  constructor(@Inject(PostsService) posts: PostsService) {
    super();
    this.#posts = posts;
  }

  override async process({ data }: Job<PostCreated>): Promise<void> {
    await this.#posts.countWords(data.id);
  }
}
