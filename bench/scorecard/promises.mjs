import { contestants } from './contestants/index.mjs';
import { percent, seconds } from './verdict.mjs';

const ours = new Set(contestants.filter(({ ours: isOurs }) => isOurs).map(({ id }) => id));
/** Faults in which connections look open and are dead. */
const silent = ['black-hole', 'half-open', 'frozen'];
/** Faults in which Redis is away for good as long as they last. */
const away = ['refused', ...silent, 'restart', 'restart-empty', 'password'];
const withFallback = ['holdfast-service', 'holdfast-strict'];

/**
 * The promises of the design page: what each means, what was measured, and the test which holds it.
 *
 * @returns {{ name: string, promise: string, meaning: string, measured: string, tests: string[] }[]}
 */
export function promiseRows(report) {
  const cells = report.cells.filter(({ contestant, failed, crashed }) => ours.has(contestant) && !failed && !crashed); // prettier-ignore
  const of = (...ids) => cells.filter(({ fault }) => ids.includes(fault));
  return [
    {
      name: 'start',
      promise: 'Listens within 100 ms of its start without any Redis module',
      meaning: 'Redis is never waited for at start: up, refused or silent make no difference.',
      measured: startFigure(report.start),
      tests: ['test/e2e/demo-outage.e2e-spec.ts'],
    },
    {
      name: 'detect',
      promise: 'A half-open connection of any role is found in ≤ 3 s, a closed one at once',
      meaning: 'Counted from the beginning of the fault to the first caller, or subscriber, that is told.',
      measured: list([
        figure('busy, half-open', most(of('half-open').map(({ detectMs }) => detectMs))),
        figure(
          'idle subscriber, half-open',
          most(of('half-open').map(({ subscriber }) => subscriber.foundMs)),
        ),
        figure('closed', most(of('refused').map(({ subscriber }) => subscriber.foundMs))),
      ]),
      tests: ['test/integration/redis/half-open.int-spec.ts', 'test/faults/network-faults.int-spec.ts'],
    },
    {
      name: 'never hang',
      promise: 'No call outlives its deadline (5 s); `REDIS_CLIENT` included',
      meaning: 'Every call of every fault, from the call until its end, waiting for a connection included.',
      measured: hangFigure(cells),
      tests: ['test/faults/matrix.ts'],
    },
    {
      name: 'fail fast',
      promise: 'Breaker open: fallback or error in < 1 ms at p99',
      meaning: `Calls of \`RedisService\` and \`strict\` in the second half of: ${away.join(', ')}. They come 20 at once, and the last of them waits for the others.`,
      measured: failFastFigure(of(...away).filter(({ contestant }) => withFallback.includes(contestant))),
      tests: ['test/faults/fail-fast.int-spec.ts'],
    },
    {
      name: 'truth',
      promise: 'Nothing reported as not sent is ever executed; no accumulating command runs twice',
      meaning: 'What callers were told, against what MONITOR on the server saw.',
      measured: truthFigure(cells),
      tests: ['test/faults/ghost-writes.int-spec.ts', 'test/faults/one-call.int-spec.ts'],
    },
    {
      name: 'recover',
      promise: 'All connections usable ≤ 2.5 s after Redis answers again',
      meaning:
        'Until 50 calls in a row were answered by Redis, and a subscriber that sat idle got a message.',
      measured: list([
        figure('calls', most(cells.map(({ recoverMs }) => recoverMs ?? Infinity))),
        figure('subscriber', most(cells.map(({ subscriber }) => subscriber.backMs ?? Infinity))),
        figure(
          'attempts to connect, at most',
          most(cells.map(({ attemptsPerSecond }) => attemptsPerSecond)),
          perSecond,
        ),
      ]),
      tests: ['test/faults/matrix.ts', 'test/faults/subscription.int-spec.ts'],
    },
    {
      name: 'keep',
      promise: 'Journaled cache writes converge; jobs and deletes come with their rooms',
      meaning: 'Writes that memory took while Redis was away, looked for in Redis afterwards.',
      measured: keepFigure(cells),
      tests: ['test/integration/redis/fallback.int-spec.ts', 'test/chaos/walk.ts'],
    },
    {
      name: 'count',
      promise: 'A process with every room holds at most 5 connections',
      meaning:
        'Connections of the demo in CLIENT LIST, with cache, queue, worker, throttler, health and metrics. Sessions, pub/sub and sockets come with their rooms.',
      measured: report.demo?.connections === undefined ? notMeasured : String(report.demo.connections),
      tests: ['test/e2e/demo-connections.e2e-spec.ts'],
    },
    {
      name: 'leave',
      promise: 'Shutdown within its deadline (5 s) with no connection left, also in an outage',
      meaning: '`close()` under load, one second into it: refused, and frozen.',
      measured: leaveFigure(report.leaving),
      tests: ['test/integration/redis/shutdown.int-spec.ts', 'test/faults/cell.ts'],
    },
    {
      name: 'see',
      promise: '`/health` answers in < 50 ms in every state; one log line a state change',
      meaning: '`GET /health` of the demo under load while its Redis is frozen, killed and back.',
      measured: seeFigure(report.demo),
      tests: ['test/integration/health/redis-health.int-spec.ts', 'test/faults/cell.ts'],
    },
  ];
}

function startFigure(start) {
  if (!start) return notMeasured;
  const ms = (value) => `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(0)} ms`;
  return `${ms(start.up)} with Redis, ${ms(start.refused)} refused, ${ms(start.silent)} silent`;
}

function hangFigure(cells) {
  if (cells.length === 0) return notMeasured;
  const calls = sum(cells, ({ calls: made }) => made);
  const outlived = sum(cells, ({ outlived: count }) => count);
  const slowest = most(cells.map(({ slowestMs }) => slowestMs));
  return `${outlived} of ${number(calls)} calls longer than 6 s; the slowest ${seconds(slowest)}`;
}

function failFastFigure(cells) {
  if (cells.length === 0) return notMeasured;
  const p99 = most(cells.map(({ lateMs }) => lateMs.p99));
  const p50 = most(cells.map(({ lateMs }) => lateMs.p50));
  return `p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)} in the worst of ${cells.length} cells`;
}

function truthFigure(cells) {
  if (cells.length === 0) return notMeasured;
  const failed = sum(cells, ({ failedWrites }) => failedWrites);
  const count = (name) => sum(cells, (cell) => cell[name]);
  return `of ${number(failed)} writes reported as failed: ${count('ghosts')} sent later, ${count('untrue')} executed though “not sent” or “rejected”; ${count('twice')} increments counted twice`;
}

function keepFigure(cells) {
  if (cells.length === 0) return notMeasured;
  const taken = sum(cells, ({ memoryWrites }) => memoryWrites);
  return `${sum(cells, ({ lostFromMemory }) => lostFromMemory)} of ${number(taken)} lost (${percent(sum(cells, ({ lostFromMemory }) => lostFromMemory) / Math.max(1, taken))})`; // prettier-ignore
}

function leaveFigure(leaving) {
  const mine = Object.entries(leaving ?? {}).filter(([id, outages]) => outages && ours.has(id));
  if (mine.length === 0) return notMeasured;
  const all = mine.flatMap(([, outages]) => Object.values(outages));
  const left = sum(all, ({ connectionsLeft }) => connectionsLeft);
  return `${seconds(most(all.map(({ tookMs }) => tookMs ?? Infinity)))} at most, ${left} connections left`;
}

function seeFigure(demo) {
  if (!demo) return notMeasured;
  const { health, logLines, stateChanges } = demo;
  return `p99 ${milliseconds(health.p99Ms)}, slowest ${milliseconds(health.maxMs)} of ${number(health.requests)}; ${logLines} log lines for ${stateChanges} state changes`;
}

const notMeasured = 'not measured in this run';
const number = (value) => value.toLocaleString('en');
const milliseconds = (value) => (value === null ? '–' : `${value.toFixed(value < 10 ? 2 : 0)} ms`);
const perSecond = (value) => `${value.toFixed(1)} a second`;
const sum = (items, pick) => items.reduce((total, item) => total + (pick(item) ?? 0), 0);
const list = (figures) => figures.filter(Boolean).join('; ') || notMeasured;

function most(values) {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : Math.max(...known);
}

function figure(name, value, show = seconds) {
  if (value === null) return undefined;
  return `${name} ${value === Infinity ? 'not within 10 s' : show(value)}`;
}
