import { RedisServer } from '@holdfast/testing';
import { runCell } from './cell.mjs';
import { measureLeaving } from './leaving.mjs';
import { measureDemo, measureStart } from './start-and-health.mjs';
import { verdictOf } from './verdict.mjs';

/** No cell needs so long; one that does has lost its contestant. */
const longestMs = 90_000;

/**
 * Measures everything that was chosen; the promises that no cell can show, only when all of it was.
 *
 * @param {(line: string) => void} say one line of progress
 */
export async function runAll({ contestants, faults }, flags, say) {
  const redis = await redisVersion();
  const cells = [];
  // All contestants of a fault one after the other, so that a busy minute of the machine does not strike one alone.
  const wanted = faults.flatMap((fault) => contestants.map((contestant) => ({ fault, contestant })));
  await inParallel(wanted, flags.parallel, async ({ fault, contestant }) => {
    const names = { contestant: contestant.id, fault: fault.id };
    const cell = await inTime(runCell(contestant, fault, flags)).catch((error) => ({
      ...names,
      failed: error.stack ?? String(error),
    }));
    cells.push(cell);
    const { word, detail, marks } = verdictOf(cell);
    const progress = `${String(cells.length).padStart(3)}/${wanted.length}`;
    say(`${progress}  ${fault.id.padEnd(14)} ${contestant.id.padEnd(20)} ${word.padEnd(22)} ${detail} ${marks.join(', ')}`); // prettier-ignore
  });
  const leaving = {};
  say('leaving in an outage');
  await inParallel(contestants, flags.parallel, async (contestant) => {
    leaving[contestant.id] = await orNothing(inTime(measureLeaving(contestant)), say);
  });
  const report = { redis, cells, leaving };
  if (flags.contestant || flags.fault) return report;
  say('starting with and without Redis');
  report.start = await orNothing(measureStart(flags), say);
  say('the demo in an outage');
  report.demo = await orNothing(measureDemo(), say);
  return report;
}

/** What one measurement could not give must not cost the others. */
async function orNothing(measuring, say) {
  try {
    return await measuring;
  } catch (error) {
    say(`not measured: ${error.message}`);
    return undefined;
  }
}

async function inTime(measuring) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${longestMs} ms`)), longestMs);
  });
  try {
    return await Promise.race([measuring, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function inParallel(tasks, count, run) {
  const waiting = [...tasks];
  const worker = async () => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await run(task);
  };
  await Promise.all(Array.from({ length: count }, worker));
}

async function redisVersion() {
  const server = await RedisServer.start();
  try {
    return /redis_version:(\S+)/.exec(String(await server.command('INFO', 'server')))?.[1] ?? 'unknown';
  } finally {
    await server.stop();
  }
}
