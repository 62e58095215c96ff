import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { excerpt, SetupError } from './report.mjs';
import { rooms, root } from './workspace.mjs';

/** Builds what changed: `tsc -b` is incremental, assets are copied when they are newer than their copy. */
export function build() {
  const start = performance.now();
  // Assets first: a package that does not compile at the moment must still load as it was.
  const changed = copyAssets() + removeStale() + compile();
  if (changed > 0) {
    console.log(`setup: built ${changed} files (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  }
}

/** @returns how many files the compiler wrote. */
function compile() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler))
    throw new SetupError('no packages here yet: run `node scripts/setup.mjs --build`.');
  const tsc = spawnSync(process.execPath, [compiler, '-b', '--listEmittedFiles'], {
    cwd: root,
    encoding: 'utf8',
  });
  const lines = `${tsc.stdout}${tsc.stderr}`.split('\n');
  const written = lines.filter((line) => line.startsWith('TSFILE:'));
  if (tsc.status !== 0) {
    const errors = lines.filter((line) => !line.startsWith('TSFILE:')).join('\n');
    throw new SetupError(`the build failed.\n${excerpt(errors, 60)}`);
  }
  return written.filter((line) => /\.[cm]?js$/.test(line)).length;
}

/** What was built of a source that is gone would still be published, and still be found by imports. */
function removeStale() {
  let removed = 0;
  for (const room of rooms()) {
    const built = join(room, 'dist');
    if (!existsSync(built)) continue;
    for (const name of readdirSync(built, { recursive: true })) {
      const output = /^(.*)\.(?:d\.ts|js)(?:\.map)?$/.exec(name);
      if (!output || existsSync(join(room, 'src', `${output[1]}.ts`))) continue;
      rmSync(join(built, name));
      removed += 1;
    }
  }
  return removed;
}

/** Lua scripts, pages and the like: all that is not TypeScript goes from `src` to the same place in `dist`. */
function copyAssets() {
  let copied = 0;
  for (const room of rooms()) {
    const source = join(room, 'src');
    if (!existsSync(source)) continue;
    for (const name of readdirSync(source, { recursive: true })) {
      const [from, to] = [join(source, name), join(room, 'dist', name)];
      if (/\.[cm]?tsx?$|\.md$/.test(name)) continue;
      const asset = statSync(from);
      if (!asset.isFile() || isSame(asset, to)) continue;
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(from, to);
      utimesSync(to, asset.atime, asset.mtime);
      copied += 1;
    }
  }
  return copied;
}

function isSame(asset, copy) {
  const there = statSync(copy, { throwIfNoEntry: false });
  return there?.size === asset.size && Math.abs(there.mtimeMs - asset.mtimeMs) < 2;
}
