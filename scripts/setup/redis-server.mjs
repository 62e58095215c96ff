import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { excerpt, SetupError, step } from './report.mjs';

const windows = process.platform === 'win32';

// Both keep Debian's package from starting a system-wide Redis: RUNLEVEL for SysV, the other for systemd.
const quietDebian = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'SYSTEMD_OFFLINE=1'];

// `else` is tried when `install` fails: newer systems carry Valkey in Redis's place.
const packageManagers = [
  {
    command: 'apt-get',
    install: [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'],
    ],
  },
  { command: 'apk', install: [['add', '--no-cache', 'redis']], else: [['add', '--no-cache', 'valkey']] },
  { command: 'dnf', install: [['install', '-y', '-q', 'redis']], else: [['install', '-y', '-q', 'valkey']] },
  { command: 'yum', install: [['install', '-y', '-q', 'redis']], else: [['install', '-y', '-q', 'valkey']] },
  { command: 'pacman', install: [['-Sy', '--noconfirm', '--needed', 'valkey']] },
  { command: 'brew', install: [['install', '--quiet', 'redis']], asUser: true },
];

/** Makes sure that a real server can be found, by installing one if need be. */
export function provideRedisServer() {
  if (findServer()) return;
  const manager = packageManagers.find(({ command }) => onPath(command));
  if (!manager) giveUp('no package manager that the set-up knows is here');
  const prefix = privilege(manager);
  if (!prefix) giveUp(`${manager.command} needs root, and sudo without a password is not set up`);
  try {
    step(`installing a Redis server with ${manager.command}`, () => install(manager, prefix));
  } catch (error) {
    giveUp(`${manager.command} could not install one`, error.message);
  }
  if (!findServer()) giveUp(`${manager.command} left none on the PATH`);
}

function giveUp(reason, output = '') {
  throw new SetupError(
    `no redis-server or valkey-server can be found, and ${reason}. ${advice()}${output && `\n${output}`}`,
  );
}

function findServer() {
  const named = process.env.REDIS_SERVER_BIN;
  if (!named) return onPath('redis-server') ?? onPath('valkey-server');
  const found = /[\\/]/.test(named) ? isExecutable(named) && named : onPath(named);
  if (found) return found;
  throw new SetupError(
    `REDIS_SERVER_BIN names ${named}, which is not a program: correct it, or unset it to use the one on the PATH.`,
  );
}

function onPath(program) {
  const names = windows ? [`${program}.exe`, `${program}.cmd`] : [program];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** @returns what to put before the package manager's command, or undefined when we may not run it. */
function privilege({ asUser }) {
  if (asUser || process.getuid?.() === 0) return ['env', ...quietDebian];
  if (onPath('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0) {
    return ['sudo', '-n', 'env', ...quietDebian];
  }
  return undefined;
}

/** @throws with the end of the package manager's output when it failed. */
function install(manager, prefix) {
  let failure = '';
  for (const commands of [manager.install, manager.else ?? []]) {
    for (const args of commands) {
      const [program, ...rest] = [...prefix, manager.command, ...args];
      const run = spawnSync(program, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      // A package list that could not be refreshed may still be good enough: the install, which is last, decides.
      failure = run.status === 0 ? '' : excerpt(`${run.stdout ?? ''}\n${run.stderr ?? ''}`, 10);
    }
    if (failure === '') return;
  }
  throw new Error(failure);
}

function advice() {
  const byHand = 'Install redis-server (on Windows: in WSL) or name one in REDIS_SERVER_BIN';
  const docker = onPath('docker') && spawnSync('docker', ['info'], { timeout: 5_000 }).status === 0;
  return docker
    ? `${byHand}; for \`npm start\` Docker will do: \`docker compose up -d redis\` and REDIS_URL=redis://127.0.0.1:6379.`
    : `${byHand}; for \`npm start\` a REDIS_URL will do.`;
}
