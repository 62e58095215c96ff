import { RedisModule, type RedisModuleOptions, RedisService } from '@holdfast/redis';
import {
  RedisThrottlerModule,
  type RedisThrottlerModuleOptions,
  RedisThrottlerStorage,
} from '@holdfast/throttler';
import { Controller, Get, type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ThrottlerGuard } from '@nestjs/throttler';

@Controller('posts')
class PostsController {
  @Get()
  list() {
    return [];
  }
}

/** What a request got, and how long it took. */
export interface LimitedAnswer {
  code: number;
  headers: Headers;
  tookMs: number;
}

/** An application with one limited route, over HTTP. */
export class LimitedApplication {
  private constructor(
    readonly nest: INestApplication,
    private readonly url: string,
  ) {}

  static start(
    redis: RedisModuleOptions,
    throttler: RedisThrottlerModuleOptions,
  ): Promise<LimitedApplication> {
    const log = { log: () => undefined, warn: () => undefined };
    return LimitedApplication.with([
      RedisModule.forRoot({ fallback: 'off', ...redis }),
      RedisThrottlerModule.forRoot({ log, ...throttler }),
    ]);
  }

  static async with(imports: NonNullable<ModuleMetadata['imports']>): Promise<LimitedApplication> {
    const module = await Test.createTestingModule({
      imports,
      controllers: [PostsController],
      providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    return new LimitedApplication(app, await app.getUrl());
  }

  get redis(): RedisService {
    return this.nest.get(RedisService);
  }

  get storage(): RedisThrottlerStorage {
    return this.nest.get(RedisThrottlerStorage, { strict: false });
  }

  async get(): Promise<LimitedAnswer> {
    const startedAt = performance.now();
    const response = await fetch(`${this.url}/posts`);
    await response.arrayBuffer();
    return { code: response.status, headers: response.headers, tookMs: performance.now() - startedAt };
  }

  async close(): Promise<void> {
    await this.nest.close();
  }
}
