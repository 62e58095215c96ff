import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import type { CreatePostDto } from './create-post.dto.js';
import type { PageQuery } from './page.query.js';
import type { Post, PostPage } from './post.js';
import { PostsRepository } from './posts.repository.js';

/** What one can do with the board. */
@Injectable()
export class PostsService {
  readonly #posts: PostsRepository;

  constructor(@Inject(PostsRepository) posts: PostsRepository) {
    this.#posts = posts;
  }

  create(content: CreatePostDto): Promise<Post> {
    return this.#posts.add(content);
  }

  list({ offset, limit }: PageQuery): Promise<PostPage> {
    return this.#posts.list(offset, limit);
  }

  /** @throws {NotFoundException} when there is no such post */
  async read(id: number): Promise<Post> {
    const post = await this.#posts.find(id);
    if (post === undefined) throw new NotFoundException(`There is no post ${id}.`);
    return post;
  }
}
