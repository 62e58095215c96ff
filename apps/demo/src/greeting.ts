import { RedisService } from '@holdfast/redis';
import type { INestApplication } from '@nestjs/common';
import type { DemoConfig } from './demo.config.js';
import type { EmbeddedRedis } from './embedded-redis.js';

/** Tells a person where the demo listens, which Redis it uses, and how to take it away. */
export function greet(
  app: INestApplication,
  { redisServerCommand }: DemoConfig,
  embedded: EmbeddedRedis | string | undefined,
): string {
  const { port } = app.getHttpServer().address() as { port: number };
  const lines = [`The board is at http://localhost:${port} (API: /docs, health: /health)`];
  if (typeof embedded === 'object') {
    const { port, pid } = embedded;
    lines.push(
      `Redis is its own, at 127.0.0.1:${port}, process ${pid}`,
      `  freeze it    kill -STOP ${pid}     and let it go on    kill -CONT ${pid}`,
      `  kill it      kill -9 ${pid}        and start it again  ${redisServerCommand} --port ${port} --bind 127.0.0.1 --save ''`,
    );
  } else {
    const [shared] = app.get(RedisService).getConnections();
    if (shared) lines.push(`Redis is at ${shared.host}:${shared.port}, database ${shared.db}`);
    if (embedded !== undefined) lines.push(`  No Redis was started: ${embedded}`);
  }
  return `${lines.join('\n')}\n`;
}
