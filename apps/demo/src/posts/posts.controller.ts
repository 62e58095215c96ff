import { Body, Controller, Get, Inject, Param, Post as HttpPost, Query } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import { RedisUnavailableBody } from '../redis-unavailable.body.js';
import { CreatePostDto } from './create-post.dto.js';
import { PageQuery } from './page.query.js';
import { PostIdParam } from './post-id.param.js';
import { Post, PostPage } from './post.js';
import { PostsService } from './posts.service.js';

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
  @ApiOperation({ summary: 'Puts a post on the board' })
  @ApiCreatedResponse({ type: Post })
  @ApiBadRequestResponse({ description: 'The body is no JSON, or a field is missing, unknown or too long.' })
  create(@Body() content: CreatePostDto): Promise<Post> {
    return this.#posts.create(content);
  }

  @Get()
  @ApiOperation({ summary: 'Lists posts, the newest first' })
  @ApiOkResponse({ type: PostPage })
  @ApiBadRequestResponse({ description: '`offset` or `limit` is out of range, or not a whole number.' })
  list(@Query() page: PageQuery): Promise<PostPage> {
    return this.#posts.list(page);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Reads a post' })
  @ApiOkResponse({ type: Post })
  @ApiBadRequestResponse({ description: 'The id is not a whole number from 1 on.' })
  @ApiNotFoundResponse({ description: 'There is no such post.' })
  read(@Param() { id }: PostIdParam): Promise<Post> {
    return this.#posts.read(id);
  }
}
