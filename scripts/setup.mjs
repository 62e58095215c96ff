#!/usr/bin/env node
// Makes `npm start` and `npm test` work on a machine that has only Node and the network. Runs before both,
// uses nothing but Node, says one line for each thing it had to do and nothing when there was nothing to do.
//
//   --build             build what changed
//   --redis=optional    a REDIS_URL is enough; without it a redis-server is needed as ever
import { parseArgs } from 'node:util';
import { build } from './setup/build.mjs';
import { installPackages } from './setup/packages.mjs';
import { requireNode } from './setup/node-version.mjs';
import { provideRedisServer } from './setup/redis-server.mjs';
import { SetupError } from './setup/report.mjs';
import { withSetupLock } from './setup/setup-lock.mjs';

const { values: options } = parseArgs({
  options: {
    build: { type: 'boolean', default: false },
    redis: { type: 'string', default: 'required' },
  },
});

try {
  requireNode();
  withSetupLock(() => {
    installPackages();
    if (options.build) build();
    if (options.redis !== 'optional' || !process.env.REDIS_URL) provideRedisServer();
  });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
