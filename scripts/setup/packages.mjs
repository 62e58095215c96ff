import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { excerpt, SetupError, step } from './report.mjs';
import { rooms, root } from './workspace.mjs';

// Inside node_modules on purpose: `npm ci` empties that folder first, so an interrupted install leaves no stamp.
const stampFolder = join(root, 'node_modules', '.holdfast-setup');
const stampFile = join(stampFolder, 'packages');

/** Installs what package-lock.json says, when it or a package.json changed since the last time. */
export function installPackages() {
  const wanted = stampOf();
  const found = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined;
  if (found === wanted) return;
  const fromElsewhere = found !== undefined && found.split(' ')[0] !== wanted.split(' ')[0];
  if (fromElsewhere || !isInstalledByHand()) step('installing packages', npmCi);
  writeStamp(wanted);
}

/** Platform first: a node_modules that came from another system (a mounted folder) holds the wrong binaries. */
function stampOf() {
  const hash = createHash('sha256');
  for (const folder of [root, ...rooms()])
    hash.update(readFileSync(join(folder, 'package.json'))).update('\0');
  hash.update(readFileSync(join(root, 'package-lock.json')));
  return `${process.platform}-${process.arch} ${hash.digest('hex')}`;
}

function writeStamp(stamp) {
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(`${stampFile}.${process.pid}`, stamp);
  renameSync(`${stampFile}.${process.pid}`, stampFile);
}

/**
 * True when somebody's own `npm install` left exactly what the lock file asks for. npm writes its hidden lock
 * file last, so an interrupted install does not pass.
 */
function isInstalledByHand() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const manifests = [root, ...rooms()].map((folder) =>
    JSON.parse(readFileSync(join(folder, 'package.json'))),
  );
  return (
    manifests.every((manifest) => lockKnows(locked, manifest)) &&
    Object.entries(locked).every(
      ([path, entry]) =>
        !path.includes('node_modules/') ||
        entry.version === installed[path]?.version ||
        isForElsewhere(entry),
    )
  );
}

function lockKnows(locked, manifest) {
  const entry = Object.values(locked).find(({ name, version }) => name === manifest.name && version);
  const kinds = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];
  return kinds.every((kind) => {
    const [here, there] = [manifest[kind] ?? {}, entry?.[kind] ?? {}];
    const names = new Set([...Object.keys(here), ...Object.keys(there)]);
    return [...names].every((name) => here[name] === there[name]);
  });
}

function isForElsewhere({ optional, os, cpu, libc }) {
  if (!optional) return false;
  if (os && !os.includes(process.platform)) return true;
  if (cpu && !cpu.includes(process.arch)) return true;
  const glibc = process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime;
  return Boolean(libc && !libc.includes(glibc ? 'glibc' : 'musl'));
}

function npmCi() {
  // No install scripts: what the build and the tests need works without them, and one of them is telemetry.
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const script = process.env.npm_execpath;
  const [command, before] = script?.endsWith('npm-cli.js') ? [process.execPath, [script]] : ['npm', []];
  const npm = spawnSync(command, [...before, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: ownEnvironment(),
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (npm.status === 0) return;
  const output = `${npm.stdout ?? ''}\n${npm.stderr ?? npm.error?.message ?? ''}`;
  const differences = output.split('\n').filter((line) => /\b(?:Missing|Invalid): /.test(line));
  if (differences.length > 0) {
    const shown = excerpt(differences.join('\n'), 10);
    throw new SetupError(`package-lock.json does not match a package.json: run \`npm run lock\`.\n${shown}`);
  }
  throw new SetupError(
    `npm could not install the packages; when what it says is mended, run this again.\n${excerpt(output)}`,
  );
}

/** Without what `npm test -w libs/redis` hands down: the install is always of the whole workspace. */
function ownEnvironment() {
  const narrowing = /^npm_config_(workspaces?|include_workspace_root|dry_run|global|omit|only|production)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !narrowing.test(name)));
}
