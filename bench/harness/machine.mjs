import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { benchFolder, rootFolder } from './paths.mjs';

/** What a figure depends on beside the code. */
export function describeMachine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    /** Other people's work on this machine; above 0.5 per core figures are to be doubted. */
    loadBefore: loadavg()[0],
  };
}

/** Versions of our packages and of the competitors. */
export function readVersions() {
  const { dependencies } = manifest(join(benchFolder, 'package.json'));
  const ours = Object.fromEntries(
    ['@holdfast/redis', 'ioredis', '@nestjs/core'].map((name) => [name, versionFor(rootFolder, name)]),
  );
  const theirs = Object.fromEntries(
    Object.keys(dependencies).map((name) => [name, versionFor(benchFolder, name)]),
  );
  return { ours, theirs };
}

/** @throws when the two sides would not compare like with like */
export function checkVersions({ ours, theirs }) {
  if (ours.ioredis === theirs.ioredis) return;
  throw new Error(
    `@holdfast/redis uses ioredis ${ours.ioredis} and bench ${theirs.ioredis}: pin the same in bench/package.json`,
  );
}

function versionFor(folder, name) {
  for (const base of createRequire(join(folder, 'package.json')).resolve.paths(name) ?? []) {
    try {
      return manifest(join(base, name, 'package.json')).version;
    } catch {
      // Not in this node_modules; the next one up.
    }
  }
  return 'missing';
}

function manifest(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
