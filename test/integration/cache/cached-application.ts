import {
  RedisCacheModule,
  type RedisCacheModuleExtras,
  type RedisCacheOptions,
  RedisCacheService,
} from '@holdfast/cache';
import { RedisModule, type RedisModuleOptions, RedisService } from '@holdfast/redis';
import { CACHE_MANAGER, type Cache, CacheInterceptor, CacheKey, CacheTTL } from '@nestjs/cache-manager';
import { Controller, Get, Header, type INestApplication, Param, UseInterceptors } from '@nestjs/common';
import { Test } from '@nestjs/testing';

/** How often each handler ran. */
export const calls = { posts: 0, brief: 0, post: 0 };

@Controller()
@UseInterceptors(CacheInterceptor)
class PostsController {
  @Get('posts')
  @CacheKey('all-posts')
  @CacheTTL(60_000)
  posts() {
    return { posts: ['a', 'b'], call: ++calls.posts };
  }

  @Get('brief')
  @CacheTTL(50)
  brief() {
    return { call: ++calls.brief };
  }

  @Get('posts/:id')
  @Header('content-type', 'application/json')
  post(@Param('id') id: string) {
    return { id, call: ++calls.post };
  }
}

type Metadata = Parameters<typeof Test.createTestingModule>[0];

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly cache: string | null;
  readonly body: { call: number } & Record<string, unknown>;
  readonly tookMs: number;
}

/** An application with handlers that are cached by `CacheInterceptor`, over HTTP. */
export class CachedApplication {
  private constructor(
    readonly app: INestApplication,
    private readonly url: string,
  ) {}

  static async start(
    redis: RedisModuleOptions,
    cache: RedisCacheOptions & RedisCacheModuleExtras = {},
    providers: NonNullable<Metadata['providers']> = [],
    controllers: NonNullable<Metadata['controllers']> = [],
  ): Promise<CachedApplication> {
    const module = await Test.createTestingModule({
      imports: [RedisModule.forRoot(redis), RedisCacheModule.forRoot(cache)],
      controllers: [PostsController, ...controllers],
      providers,
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    for (const name of Object.keys(calls) as Array<keyof typeof calls>) calls[name] = 0;
    return new CachedApplication(app, await app.getUrl());
  }

  get redis(): RedisService {
    return this.app.get(RedisService);
  }

  get manager(): Cache {
    return this.app.get<Cache>(CACHE_MANAGER);
  }

  get cache(): RedisCacheService {
    return this.app.get(RedisCacheService);
  }

  async get(path: string): Promise<Answer> {
    const startedAt = performance.now();
    const response = await fetch(`${this.url}/${path}`);
    const body = (await response.json()) as Answer['body'];
    return {
      status: response.status,
      cache: response.headers.get('x-cache'),
      body,
      tookMs: performance.now() - startedAt,
    };
  }

  async post(path: string): Promise<void> {
    await fetch(`${this.url}/${path}`, { method: 'POST' });
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}
