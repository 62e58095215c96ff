import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy, RedisServer } from '@holdfast/testing';
import { Contestant } from './contestant.mjs';
import { evaluate } from './evaluate.mjs';
import { user } from './faults.mjs';
import { hungMs } from './limits.mjs';
import { keyOf, readKeys, valueOf, wallMs } from './load.mjs';
import { Witness } from './witness.mjs';

const channel = 'scorecard';
const publishEveryMs = 100;

/** How long the phases of a cell are, in ms; the fault itself says how long it lasts. */
const phases = {
  full: { healthyMs: 1_000, watchAtLeastMs: 3_000, watchAtMostMs: 10_000, lastsRatio: 1 },
  quick: { healthyMs: 500, watchAtLeastMs: 1_500, watchAtMostMs: 4_000, lastsRatio: 0.5 },
};

/**
 * One fault against one contestant: its own process, server, proxy and witness.
 *
 * @param {import('./contestants/index.mjs').Contestant} contestant
 * @param {import('./faults.mjs').Fault} fault
 * @param {{ quick: boolean }} options
 */
export async function runCell(contestant, fault, { quick }) {
  const phase = quick ? phases.quick : phases.full;
  const server = await RedisServer.start({
    ...fault.server,
    acl: [`user ${user.name} on >${user.password} ~* &* +@all`],
  });
  const proxy = await FaultProxy.start({ target: server });
  const site = { server, proxy };
  const child = new Contestant(contestant.id);
  let witness;
  const names = { contestant: contestant.id, fault: fault.id };
  try {
    await fault.prepare?.(site);
    for (let id = 0; id < readKeys; id++) {
      const key = keyOf.get(id);
      await server.command('SET', key, valueOf(key));
    }
    witness = await Witness.watch(server.port);
    await child.ask('open', {
      url: `redis://${user.name}:${user.password}@${proxy.host}:${proxy.port}`,
      channel,
    });
    await server.command('PUBLISH', channel, 'before');
    await child.ask('start');
    await sleep(phase.healthyMs);

    const heapBefore = await child.ask('heap');
    const linesBefore = child.lines;
    const beganAt = wallMs();
    const end = await fault.begin(site);
    await sleep(fault.lastsMs * phase.lastsRatio);
    const heapAfter = child.isAlive ? await child.ask('heap') : heapBefore;
    await end();
    const healedAt = wallMs();
    const linesWhileOut = child.lines - linesBefore;
    const stopPublishing = publish(server);
    const report = await watched(child, healedAt, phase, fault).finally(stopPublishing);
    const stored = await readBack(server, report?.count ?? 0);
    return {
      ...names,
      ...evaluate({ report, witness, stored, beganAt, healedAt, fault, crashedAt: child.crashedAt }),
      heapGrowthMb: (heapAfter - heapBefore) / 2 ** 20,
      linesWhileOut,
      lastWords: child.crashedAt === undefined ? undefined : child.lastWords,
    };
  } catch (error) {
    if (child.crashedAt === undefined) return { ...names, failed: error.stack ?? String(error) };
    return { ...names, crashed: true, lastWords: child.lastWords };
  } finally {
    witness?.stop();
    await child.end();
    await proxy.stop();
    await server.stop();
  }
}

/** Lets the load go on until it works again, and some time beyond: late executions come late. */
async function watched(child, healedAt, { watchAtLeastMs, watchAtMostMs }, fault) {
  await sleep(watchAtLeastMs);
  try {
    // Asked at the end only, so that asking is no load; the time of recovery is in the records.
    const recovered = await child.ask('hasRecovered', { since: healedAt });
    if (!recovered) await sleepUntil(child, healedAt, healedAt + watchAtMostMs);
    return await child.ask('finish', { patienceMs: fault.lastsMs > 0 ? hungMs : hungMs / 2 });
  } catch (error) {
    if (child.crashedAt !== undefined) return undefined;
    throw error;
  }
}

async function sleepUntil(child, since, until) {
  while (wallMs() < until && !(await child.ask('hasRecovered', { since }))) await sleep(200);
}

/** Messages for the subscriber that was idle in the outage. */
function publish(server) {
  let goesOn = true;
  const publishing = (async () => {
    while (goesOn) {
      await server.command('PUBLISH', channel, 'after').catch(() => undefined);
      await sleep(publishEveryMs);
    }
  })();
  return () => {
    goesOn = false;
    return publishing;
  };
}

/** What Redis holds in the end: values of the keys that were written, by key. */
async function readBack(server, count) {
  const keys = Array.from({ length: count }, (_, id) => [keyOf.set(id), keyOf.incr(id)]).flat();
  const stored = new Map();
  for (let at = 0; at < keys.length; at += 1_000) {
    const part = keys.slice(at, at + 1_000);
    const values = await server.command('MGET', ...part);
    part.forEach((key, index) => values[index] !== null && stored.set(key, values[index]));
  }
  return stored;
}
