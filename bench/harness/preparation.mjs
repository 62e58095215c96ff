import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchFolder, rootFolder } from './paths.mjs';

/** Installs the pinned competitors when they are missing or others than the lock file says. */
export function installCompetitors() {
  const wanted = JSON.parse(readFileSync(join(benchFolder, 'package-lock.json'), 'utf8')).packages;
  const installedFile = join(benchFolder, 'node_modules', '.package-lock.json');
  const installed = existsSync(installedFile) ? JSON.parse(readFileSync(installedFile, 'utf8')).packages : {};
  const complete = Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
  if (complete) return;
  run('npm', ['ci', '--prefix', benchFolder, '--workspaces=false', '--ignore-scripts'], benchFolder);
}

/** Builds what changed in the libraries: the benchmark runs what is published. */
export function buildLibraries() {
  run(process.execPath, [join(rootFolder, 'scripts', 'build.mjs')], rootFolder);
}

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, {
    cwd,
    stdio: 'inherit',
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (status !== 0) throw new Error(`failed: ${command} ${args.join(' ')}`);
}
