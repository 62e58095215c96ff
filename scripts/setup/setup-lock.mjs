import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

const folder = join(root, '.holdfast');
const lock = join(folder, 'setup.lock');
const own = join(folder, `setup.${process.pid}`);

/** Runs `work` while no other process sets up this folder. A lock whose process is gone is taken over. */
export function withSetupLock(work) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(own, String(process.pid));
  try {
    acquire();
    try {
      return work();
    } finally {
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function acquire() {
  for (let told = false; ;) {
    // A link appears at once and complete, so nobody ever reads a lock that is half written.
    if (link(own, lock)) return;
    const holder = readHolder();
    if (holder === undefined) continue;
    if (!isAlive(holder)) {
      takeAway(holder);
      continue;
    }
    if (!told) console.log(`setup: waiting for process ${holder}, which sets up this folder too`);
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

/** Between reading the lock and moving it away another waiter may have taken it: then it is put back. */
function takeAway(holder) {
  const aside = `${own}.stale`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  if (readFileSync(aside, 'utf8') !== holder) link(aside, lock);
  rmSync(aside, { force: true });
  rmSync(join(folder, `setup.${holder}`), { force: true });
}

function link(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder() {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
