import { type CacheResult, RedisCacheService } from '@holdfast/cache';
import { RedisError } from '@holdfast/redis';
import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable, Logger, NotFoundException } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { CreatePostDto } from './create-post.dto.js';
import type { PageQuery } from './page.query.js';
import type { Post, PostPage } from './post.js';
import { type PostCreated, postCreatedQueue } from './post-created.js';
import { PostsRepository } from './posts.repository.js';

/** Each page of the board; a single post has a tag of its own. */
const pagesTag = 'posts';
const postTag = (id: number): string => `post:${id}`;
/** In an outage what was read last is shown for as long as this, in ms. */
const graceMs = 600_000;
const pagePolicy = { tags: [pagesTag], ttlMs: 10_000, graceMs };

/** What one can do with the board. */
@Injectable()
export class PostsService {
  readonly #logger = new Logger(PostsService.name);
  readonly #posts: PostsRepository;
  readonly #cache: RedisCacheService;
  readonly #created: Queue<PostCreated>;

  constructor(
    @Inject(PostsRepository) posts: PostsRepository,
    @Inject(RedisCacheService) cache: RedisCacheService,
    @InjectQueue(postCreatedQueue) created: Queue<PostCreated>,
  ) {
    this.#posts = posts;
    this.#cache = cache;
    this.#created = created;
  }

  /** Once the post is there, nothing that follows it makes this fail. */
  async create(content: CreatePostDto): Promise<Post> {
    const post = await this.#add(content);
    await Promise.all([
      this.#evictPages(),
      this.#created
        .add('count-words', { id: post.id })
        .catch((error: unknown) => this.#warn(`There is no job for post ${post.id}`, error)),
    ]);
    return post;
  }

  list({ offset, limit }: PageQuery): Promise<CacheResult<PostPage>> {
    return this.#cache.getOrSetWithSource(
      `page:${offset}:${limit}`,
      () => this.#posts.list(offset, limit),
      pagePolicy,
    );
  }

  /** @throws {NotFoundException} when there is no such post */
  async read(id: number): Promise<CacheResult<Post>> {
    const { value, ...rest } = await this.#cache.getOrSetWithSource(
      `post:${id}`,
      () => this.#posts.find(id),
      { tags: [postTag(id)], ttlMs: 60_000, graceMs },
    );
    if (value === undefined) throw new NotFoundException(`There is no post ${id}.`);
    return { value, ...rest };
  }

  /** Counts the words of a post and keeps their number with it. May be repeated. */
  async countWords(id: number): Promise<void> {
    const post = await this.#posts.find(id);
    if (post === undefined) return;
    await this.#posts.setWords(id, post.text.split(/\s+/).filter(Boolean).length);
    await this.#cache.invalidateTags(pagesTag, postTag(id));
  }

  async #add(content: CreatePostDto): Promise<Post> {
    try {
      return await this.#posts.add(content);
    } catch (error) {
      // A post that was refused changes no page, and in an outage the pages in memory are all there is.
      if (RedisError.isRedisError(error) && error.outcome === 'unknown') await this.#evictPages();
      throw error;
    }
  }

  async #evictPages(): Promise<void> {
    await this.#cache
      .invalidateTags(pagesTag)
      .catch((error: unknown) => this.#warn('Pages may be out of date', error));
  }

  #warn(what: string, error: unknown): void {
    this.#logger.warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
