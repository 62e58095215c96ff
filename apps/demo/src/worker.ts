import { RedisConfigurationError } from '@holdfast/redis';
import { NestFactory } from '@nestjs/core';
import { DemoConfigError, readDemoConfig } from './demo.config.js';
import { DemoLogger } from './demo-logger.js';
import { WorkerModule } from './worker.module.js';

/** Handles jobs of the board beside the worker in the demo's own process. */
async function main(): Promise<void> {
  const config = readDemoConfig();
  if (!config.hasRedis) {
    throw new DemoConfigError(
      'REDIS_URL is not set: start the demo and its worker with the same one, as in REDIS_URL=redis://127.0.0.1:6379 npm run worker.',
    );
  }
  const worker = await NestFactory.createApplicationContext(
    WorkerModule.with({ appName: `${config.appName}-worker` }),
    { logger: new DemoLogger({ colors: process.stdout.isTTY === true }), abortOnError: false },
  );
  worker.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  process.stdout.write('The worker waits for jobs of the board.\n');
}

main().catch((error: unknown) => {
  const expected = error instanceof DemoConfigError || error instanceof RedisConfigurationError;
  process.stderr.write(`${expected ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(1);
});
