import { REDIS_CLIENT, RedisError, RedisService, RedisUnavailableError } from '@holdfast/redis';
import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { CreatePostDto } from './create-post.dto.js';
import type { Post, PostPage } from './post.js';

const lastIdKey = 'board:last-id';
/** Ids of all posts, by id. */
const idsKey = 'board:ids';
const postKey = (id: number | string): string => `board:post:${id}`;

/** The posts in Redis: a hash each, and a sorted set of their ids. */
@Injectable()
export class PostsRepository {
  readonly #redis: RedisService;
  readonly #client: Redis;

  constructor(@Inject(RedisService) redis: RedisService, @Inject(REDIS_CLIENT) client: Redis) {
    this.#redis = redis;
    this.#client = client;
  }

  /** Stores a post and its place on the board, both or neither. */
  async add(content: CreatePostDto): Promise<Post> {
    const id = await this.#nextId();
    const post: Post = { id, ...content, createdAt: new Date().toISOString() };
    await this.#redis.guard('create-post', async () => {
      const chain = this.#client.multi().hset(postKey(id), post).zadd(idsKey, id, String(id));
      throwFirstError(await chain.exec());
    });
    return post;
  }

  /** Newest first. */
  async list(offset: number, limit: number): Promise<PostPage> {
    const [total, ids] = await Promise.all([
      this.#redis.guard('count-posts', () => this.#client.zcard(idsKey)),
      this.#redis.zrange(idsKey, offset, offset + limit - 1, { reverse: true }),
    ]);
    const hashes = await this.#redis.guard('list-posts', async () => {
      const chain = this.#client.pipeline();
      for (const id of ids) chain.hgetall(postKey(id));
      const results = await chain.exec();
      throwFirstError(results);
      return results?.map(([, hash]) => hash as Record<string, string>) ?? [];
    });
    return { total, posts: hashes.flatMap((hash) => toPost(hash) ?? []) };
  }

  async find(id: number): Promise<Post | undefined> {
    return toPost(await this.#redis.hgetall(postKey(id)));
  }

  /** The same however often it is called. A post that is not there is not made by it. */
  async setWords(id: number, words: number): Promise<void> {
    await this.#redis.guard('count-words', async () => {
      if ((await this.#client.exists(postKey(id))) === 1) await this.#client.hset(postKey(id), { words });
    });
  }

  /** A number that is lost is no harm: whatever becomes of this command, no post was created yet. */
  async #nextId(): Promise<number> {
    try {
      return await this.#redis.incr(lastIdKey);
    } catch (error) {
      if (!RedisError.isRedisError(error) || error.outcome !== 'unknown') throw error;
      throw new RedisUnavailableError({
        code: error.code,
        outcome: 'not-sent',
        message: 'No post was created: Redis gave it no number.',
        cause: error,
      });
    }
  }
}

/** A chain succeeds as a whole although commands of it failed. */
function throwFirstError(results: Array<[error: Error | null, result: unknown]> | null): void {
  const failed = results?.find(([error]) => error !== null);
  if (failed?.[0]) throw failed[0];
}

function toPost(hash: Record<string, string>): Post | undefined {
  const { id, author = '', title = '', text = '', createdAt = '', words } = hash;
  if (id === undefined) return undefined;
  const post: Post = { id: Number(id), author, title, text, createdAt };
  return words === undefined ? post : { ...post, words: Number(words) };
}
