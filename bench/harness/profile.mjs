import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsFolder } from './paths.mjs';

/** Flags of Node that leave a CPU profile of a contestant's whole life. */
export function profileFlags(profile, suite, contestant) {
  if (!profile) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${profileFolder(suite)}`, `--cpu-prof-name=${contestant}.cpuprofile`];
}

/** @param {string} suite */
export function profileFolder(suite) {
  return join(resultsFolder, 'profiles', suite);
}

/**
 * Where each contestant's time went: self time by function, in per cent of the time it was not idle.
 *
 * @param {string} suite
 * @param {number} [limit] functions per contestant
 */
export function readProfiles(suite, limit = 25) {
  const folder = profileFolder(suite);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => ({
      contestant: name.replace('.cpuprofile', ''),
      functions: selfTimes(JSON.parse(readFileSync(join(folder, name), 'utf8'))).slice(0, limit),
    }));
}

function selfTimes({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const times = new Map();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const { functionName, url, lineNumber } = byId.get(id);
    if (functionName === '(idle)' || functionName === '(program)') continue;
    const place = url ? ` ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}` : '';
    const key = `${functionName || '(anonymous)'}${place}`;
    times.set(key, (times.get(key) ?? 0) + timeDeltas[index]);
    busy += timeDeltas[index];
  }
  return [...times]
    .map(([name, time]) => ({ name, percent: (100 * time) / busy }))
    .toSorted((a, b) => b.percent - a.percent);
}
