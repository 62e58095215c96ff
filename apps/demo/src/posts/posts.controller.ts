import type { ServerResponse } from 'node:http';
import type { CacheResult } from '@holdfast/cache';
import {
  Body,
  Controller,
  Get,
  Inject,
  Param,
  Post as HttpPost,
  Query,
  Res,
  UseGuards,
} from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  type ApiResponseOptions,
  ApiServiceUnavailableResponse,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import { ThrottlerGuard } from '@nestjs/throttler';
import { RedisUnavailableBody } from '../redis-unavailable.body.js';
import { CreatePostDto } from './create-post.dto.js';
import { PageQuery } from './page.query.js';
import { PostIdParam } from './post-id.param.js';
import { Post, PostPage } from './post.js';
import { PostsService } from './posts.service.js';

/** Where an answer was read, and how many seconds ago it was true. */
const cacheHeaders: ApiResponseOptions['headers'] = {
  'X-Cache': { schema: { type: 'string', enum: ['redis', 'memory', 'miss'] } },
  Age: { schema: { type: 'integer', example: 3 } },
};

@ApiTags('posts')
@ApiServiceUnavailableResponse({
  description: 'Redis is away. `Retry-After` says in how many seconds to try again.',
  type: RedisUnavailableBody,
  headers: { 'Retry-After': { schema: { type: 'integer', example: 2 } } },
})
@Controller('posts')
export class PostsController {
  readonly #posts: PostsService;

  constructor(@Inject(PostsService) posts: PostsService) {
    this.#posts = posts;
  }

  @HttpPost()
  @UseGuards(ThrottlerGuard)
  @ApiOperation({ summary: 'Puts a post on the board' })
  @ApiCreatedResponse({ type: Post })
  @ApiBadRequestResponse({ description: 'The body is no JSON, or a field is missing, unknown or too long.' })
  @ApiTooManyRequestsResponse({
    description: 'Too many posts from this address. `Retry-After` says in how many seconds to try again.',
    headers: { 'Retry-After': { schema: { type: 'integer', example: 60 } } },
  })
  create(@Body() content: CreatePostDto): Promise<Post> {
    return this.#posts.create(content);
  }

  @Get()
  @ApiOperation({ summary: 'Lists posts, the newest first' })
  @ApiOkResponse({ type: PostPage, headers: cacheHeaders })
  @ApiBadRequestResponse({ description: '`offset` or `limit` is out of range, or not a whole number.' })
  async list(
    @Query() page: PageQuery,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<PostPage> {
    return answer(await this.#posts.list(page), response);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Reads a post' })
  @ApiOkResponse({ type: Post, headers: cacheHeaders })
  @ApiBadRequestResponse({ description: 'The id is not a whole number from 1 on.' })
  @ApiNotFoundResponse({ description: 'There is no such post.' })
  async read(
    @Param() { id }: PostIdParam,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<Post> {
    return answer(await this.#posts.read(id), response);
  }
}

function answer<T>({ value, source, ageMs }: CacheResult<T>, response: ServerResponse): T {
  response.setHeader('X-Cache', source === 'factory' ? 'miss' : source);
  response.setHeader('Age', String(Math.max(0, Math.floor(ageMs / 1_000))));
  return value;
}
