#!/usr/bin/env node
// Writes package-lock.json: `npm run lock` after any change to a package.json.
//
// npm leaves a platform's binary out of the lock when the registry in use does not offer it (mirrors often
// carry Linux only) or when it was not installed on the author's machine, and then `npm ci` refuses that very
// lock on every machine. So what is missing is added: version, os and cpu, no integrity, since the file
// itself was never seen. npm reads such an entry only on the platform it is for.
import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lockFile = join(root, 'package-lock.json');
const OPERATING_SYSTEMS = new Set(
  'aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(' '),
);
const PROCESSORS = new Set('arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x x64 wasm32'.split(' '));

const npm = spawnSync('npm', ['install', '--package-lock-only', '--ignore-scripts'], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (npm.status !== 0) process.exit(npm.status ?? 1);

const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
const added = completeLock(lock.packages);
if (added.length > 0) {
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')),
  );
  writeFileSync(`${lockFile}.tmp`, `${JSON.stringify(lock, null, 2)}\n`);
  renameSync(`${lockFile}.tmp`, lockFile);
  console.log(`lock: added ${added.length} binaries of other platforms that npm had left out`);
}

function completeLock(packages) {
  const added = [];
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isResolved(packages, path, name)) continue;
      const version = /\d+\.\d+\.\d+[-\w.]*/.exec(range)?.[0];
      if (!version) throw new Error(`${path || 'package.json'}: cannot read a version from ${name}@${range}`);
      const top = `node_modules/${name}`;
      const at = packages[top] ? `${path}/${top}` : top;
      const { cpu, libc, os } = platformOf(name);
      // In npm's own order of keys, so that its next write changes nothing.
      packages[at] = {
        version,
        ...(cpu && { cpu }),
        ...(entry.dev && { dev: true }),
        ...(libc && { libc }),
        optional: true,
        ...(os && { os }),
      };
      added.push(at);
    }
  }
  return added;
}

/** Looks where Node would: beside the package, then one `node_modules` up, to the root. */
function isResolved(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    if (packages[`${at}${at && '/'}node_modules/${name}`]) return true;
    if (at === '') return false;
  }
}

/** Binaries are named after their platform: `<os>-<cpu>[-<libc or abi>]`. */
function platformOf(name) {
  if (name === 'fsevents') return { os: ['darwin'] };
  const words = name.split(/[/-]/);
  const os = words.find((word) => OPERATING_SYSTEMS.has(word));
  const cpu = words.find((word) => PROCESSORS.has(word));
  if (cpu === 'wasm32') return { cpu: [cpu] };
  if (!os || !cpu) throw new Error(`${name}: the name does not tell its platform; extend scripts/lock.mjs`);
  const musl = words.some((word) => word.startsWith('musl'));
  const glibc = words.some((word) => ['gnu', 'gnueabihf', 'glibc'].includes(word));
  return {
    cpu: [cpu],
    ...(os === 'linux' && (musl || glibc) && { libc: [musl ? 'musl' : 'glibc'] }),
    os: [os],
  };
}
