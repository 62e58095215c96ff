import { REDIS_CLIENT, RedisService } from '@holdfast/redis';
import { Controller, Get, Inject, Param, Put, Query } from '@nestjs/common';
import type { Redis } from 'ioredis';

/** Stores through one door and reads through the other. */
@Controller('notes')
export class NotesController {
  constructor(
    @Inject(REDIS_CLIENT) private readonly client: Redis,
    private readonly redis: RedisService,
  ) {}

  @Put(':name')
  async put(@Param('name') name: string, @Query('text') text: string): Promise<void> {
    await this.client.set(`client:${name}`, text);
    await this.redis.set(`service:${name}`, text, 60);
  }

  @Get(':name')
  async get(@Param('name') name: string): Promise<{ byService: string | null; byClient: string | null }> {
    return {
      byService: await this.redis.get(`client:${name}`),
      byClient: await this.client.get(`service:${name}`),
    };
  }
}
