import { RedisConfigurationError } from '@holdfast/redis';
import { type INestApplication, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { serveApiDocumentation } from './api-documentation.js';
import { AppModule } from './app.module.js';
import { DemoConfigError, readDemoConfig } from './demo.config.js';
import { DemoLogger } from './demo-logger.js';
import { startEmbeddedRedis } from './embedded-redis.js';
import { exitGracefully } from './graceful-exit.js';
import { greet } from './greeting.js';

async function main(): Promise<void> {
  const config = readDemoConfig();
  const embedded = config.hasRedis ? undefined : await startEmbeddedRedis();
  const app = await NestFactory.create(
    AppModule.with({
      redis: {
        appName: config.appName,
        // Leaves time for the rest of the shutdown, and for whoever waits at the terminal.
        shutdownTimeoutMs: 900,
        ...(typeof embedded === 'object' ? { url: embedded.url } : {}),
      },
      postsPerMinute: config.postsPerMinute,
    }),
    {
      logger: new DemoLogger({ colors: process.stdout.isTTY === true }),
      bufferLogs: true,
      autoFlushLogs: false,
      abortOnError: false,
    },
  );
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
  serveApiDocumentation(app);
  exitGracefully(app, async () => {
    if (typeof embedded === 'object') await embedded.stop();
  });
  await listen(app, config.port);
  process.stdout.write(greet(app, config, embedded));
  app.flushLogs();
}

async function listen(app: INestApplication, port: number): Promise<void> {
  try {
    await app.listen(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new DemoConfigError(
        `Port ${port} is taken by another program: choose one with PORT=${port + 1} npm start.`,
      );
    }
    if (code === 'EACCES') {
      throw new DemoConfigError(
        `Port ${port} needs privileges: choose one from 1024 on with PORT=3000 npm start.`,
      );
    }
    throw error;
  }
}

main().catch((error: unknown) => {
  const expected = error instanceof DemoConfigError || error instanceof RedisConfigurationError;
  process.stderr.write(`${expected ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(1);
});
