import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  callsThatHung,
  impossibleValues,
  miscounts,
  type Snapshot,
  type Violation,
} from '../faults/invariants.js';
import { readSnapshot } from '../faults/snapshot.js';
import type { HistoryLine } from './messages.js';
import { type Say, troubleNetworks, troubleServer } from './mischief.js';
import { Random } from './random.js';
import { RunningApplication } from './running-application.js';

export interface WalkOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly applications: number;
  /** Has the built applications in it; histories go there. */
  readonly folder: string;
  readonly say: Say;
}

const commandTimeoutMs = 2_000;
/** The promises of the design, with room for a machine that has other things to do as well. */
const mostMs = { recovered: 2_500 + 1_000, detected: 3_000 + 1_000, late: 1_000 };
const patienceMs = 30_000;

/** Walks, heals everything, and compares what Redis holds with what callers were told. */
export async function walk({ seed, seconds, applications, folder, say }: WalkOptions): Promise<Violation[]> {
  const server = await RedisServer.start({ persistence: true });
  const proxies: FaultProxy[] = [];
  const running: RunningApplication[] = [];
  const violations: Violation[] = [];
  const historyFile = (index: number): string => join(folder, `app-${index}.jsonl`);
  const startedAt = performance.now();
  const sayWhen: Say = (line) =>
    say(`${((performance.now() - startedAt) / 1_000).toFixed(2).padStart(7)} s  ${line}`);
  try {
    for (let index = 0; index < applications; index++) {
      const proxy = await FaultProxy.start({ target: server });
      proxies.push(proxy);
      const init = {
        name: `app-${index}`,
        seed: seed + index,
        url: proxy.url,
        commandTimeoutMs,
        historyFile: historyFile(index),
      };
      running.push(new RunningApplication(folder, init));
    }
    await eachOf(running, violations, async (application) =>
      (await application.report('started', patienceMs)) ? [] : ['it did not start'],
    );
    if (violations.length > 0) return violations;
    const untilMs = performance.now() + seconds * 1_000;
    const [halfOpenAt] = await Promise.all([
      troubleNetworks(proxies, new Random(seed), untilMs, sayWhen),
      troubleServer(server, new Random(seed + 7_919), untilMs, sayWhen),
    ]);
    sayWhen('everything is well again');
    // What became half-open a moment ago has to be found first.
    const toFindMs = Math.max(0, halfOpenAt + mostMs.detected - performance.now());
    const recoverMs = mostMs.recovered + toFindMs;
    await eachOf(running, violations, (application) => recovers(application, recoverMs, sayWhen));
    await eachOf(running, violations, (application) => finishes(application, sayWhen));
    await waitFor(() => proxies.every(({ connections }) => connections.length === 0)).catch(() =>
      violations.push('leave: connections are left after the shutdown'),
    );
    await eachOf(running, violations, async (application) => {
      await application.end(5_000);
      return application.exit === '0'
        ? []
        : [`leave: it ended with ${application.exit ?? 'a kill'}. ${application.output}`];
    });
    const history = running.flatMap((_, index) => readHistory(historyFile(index)));
    violations.push(...judge(history, await readSnapshot(server, /^(app-|counter:)/)));
    say(`${history.length} calls: ${describeEnds(history)}`);
  } finally {
    await Promise.all(running.map((application) => application.end(0)));
    await Promise.all(proxies.map((proxy) => proxy.stop()));
    await server.stop();
  }
  return violations;
}

async function recovers(application: RunningApplication, withinMs: number, say: Say): Promise<Violation[]> {
  application.give('recover');
  const report = await application.report('recovered', patienceMs);
  say(`${application.name} works again after ${report?.afterMs ?? 'never'} ms`);
  const afterMs = report?.afterMs ?? Infinity;
  return afterMs <= withinMs
    ? []
    : [`recover: it worked again after ${afterMs} ms, not within ${Math.round(withinMs)}`];
}

async function finishes(application: RunningApplication, say: Say): Promise<Violation[]> {
  application.give('finish');
  const report = await application.report('finished', patienceMs);
  say(`${application.name} has finished after ${report?.calls ?? '?'} calls`);
  return report ? [...report.problems] : ['leave: it did not finish'];
}

async function eachOf(
  applications: readonly RunningApplication[],
  violations: Violation[],
  look: (application: RunningApplication) => Promise<Violation[]>,
): Promise<void> {
  await Promise.all(
    applications.map(async (application) => {
      const crashedBefore = application.exit !== undefined;
      for (const found of await look(application)) violations.push(`${application.name}: ${found}`);
      if (!crashedBefore && application.exit !== undefined && application.exit !== '0') {
        violations.push(`${application.name} crashed (${application.exit}): ${application.output}`);
      }
    }),
  );
}

/** Compares what callers were told with what Redis holds. */
export function judge(history: readonly HistoryLine[], snapshot: Snapshot): Violation[] {
  const counters = new Set(history.filter(({ op }) => op === 'incr').map(({ key }) => key));
  return [
    ...callsThatHung(history, () => commandTimeoutMs, mostMs.late),
    ...[...counters].flatMap((counter) => miscounts(counter, history, snapshot)),
    ...impossibleValues(history, snapshot),
    ...valuesNobodyWrote(history),
  ];
}

/** What is read was written there, and was not reported as not written. */
function valuesNobodyWrote(history: readonly HistoryLine[]): Violation[] {
  const written = new Set(
    history
      .filter(({ op, told }) => op === 'set' && told !== 'not-sent' && told !== 'rejected')
      .map(({ key, value }) => `${key} ${value}`),
  );
  return history
    .filter(({ op, told, reply }) => op === 'get' && told === 'ok' && typeof reply === 'string')
    .filter(({ key, reply }) => !written.has(`${key} ${String(reply)}`))
    .map(({ application, key, reply }) => `no ghost writes: ${application} read ${String(reply)} at ${key}`);
}

function readHistory(file: string): HistoryLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as HistoryLine).sort((a, b) => a.startedAt - b.startedAt);
}

function describeEnds(history: readonly HistoryLine[]): string {
  const ends = new Map<string, number>();
  for (const { told = 'pending' } of history) ends.set(told, (ends.get(told) ?? 0) + 1);
  return [...ends].map(([told, count]) => `${count} ${told}`).join(', ');
}
