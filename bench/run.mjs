#!/usr/bin/env node
// `npm run bench`: see bench/README.md.
import { rmSync } from 'node:fs';
import { parseArguments, usage } from './harness/arguments.mjs';
import { checkVersions, describeMachine, readVersions } from './harness/machine.mjs';
import { buildLibraries, installCompetitors } from './harness/preparation.mjs';
import { profileFolder, readProfiles } from './harness/profile.mjs';
import { printReport, saveReport, writeSection } from './harness/report.mjs';
import { suites } from './suites/index.mjs';

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${process.env.DEBUG ? error.stack : error.message}`);
  process.exitCode = 1;
}

async function main(args) {
  const flags = parseArguments(args);
  if (flags.help) return console.log(usage);
  if (flags.list) {
    for (const { name, title, about } of suites) console.log(`${name.padEnd(12)} ${title}. ${about}`);
    return undefined;
  }
  const chosen = choose(flags.suite);
  installCompetitors();
  if (flags.build) buildLibraries();
  const versions = readVersions();
  checkVersions(versions);
  const server = await startRedis();
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  try {
    for (const suite of chosen) await runSuite(suite, flags, { command, versions, ...server });
  } finally {
    await server.stop();
  }
  return undefined;
}

async function runSuite(suite, flags, { command, versions, redisUrl, redis }) {
  if (flags.profile) rmSync(profileFolder(suite.name), { recursive: true, force: true });
  const machine = describeMachine();
  const onProgress = process.stderr.isTTY
    ? (done, total) => process.stderr.write(`\r${suite.name} ${done}/${total}${done === total ? '\n' : ' '}`)
    : undefined;
  const outcome = await suite.run({ ...flags, redisUrl, onProgress });
  const date = new Date().toISOString().slice(0, 10);
  const report = { suite, command, date, machine, redis, versions, ...outcome };
  printReport(report);
  await saveReport(report);
  if (flags.write) await writeSection(report);
  if (!flags.profile) return;
  for (const { contestant, functions } of readProfiles(suite.name)) {
    console.log(`\n${contestant}: self time`);
    for (const { name, percent } of functions) console.log(`${percent.toFixed(1).padStart(5)} %  ${name}`);
  }
}

function choose(names) {
  if (!names) return suites;
  return names.map((name) => {
    const suite = suites.find((candidate) => candidate.name === name);
    if (suite) return suite;
    throw new Error(`no suite "${name}"; there are: ${suites.map((candidate) => candidate.name).join(', ')}`);
  });
}

/** The server that REDIS_URL names, or one of our own. */
async function startRedis() {
  const { Redis } = await import('ioredis');
  const { RedisServer } = await import('@holdfast/testing');
  const own = process.env.REDIS_URL ? undefined : await RedisServer.start();
  const redisUrl = own?.url ?? process.env.REDIS_URL;
  const client = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  client.on('error', () => undefined);
  try {
    const info = await client.info('server');
    return {
      redisUrl,
      redis: /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown',
      stop: async () => own?.stop(),
    };
  } catch (error) {
    await own?.stop();
    throw new Error(`Redis cannot be reached: ${error.message}`, { cause: error });
  } finally {
    client.disconnect();
  }
}
