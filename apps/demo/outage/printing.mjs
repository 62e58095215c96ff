import { quantile, tookMs } from './verdict.mjs';

const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;
const paint = (code, text) => (isColoured ? `\u001B[${code}m${text}\u001B[0m` : text);
const columns = { second: 4, state: 8, read: 16, write: 16, health: 16, waiting: 9, time: 10 };

export function heading() {
  const { second, state, read, write, health, waiting, time } = columns;
  return paint(
    1,
    [
      's'.padStart(second),
      ' Redis'.padEnd(state + 2),
      'GET /posts'.padEnd(read),
      'POST /posts'.padEnd(write),
      'GET /health'.padEnd(health),
      'waiting'.padStart(waiting - 1),
      'p50'.padStart(time),
      'p99'.padStart(time),
    ].join(' '),
  );
}

/** One second, in less than 100 columns; an act is announced on a line before its first one. */
export function secondLine({ second, says, state, answered, waiting, health }) {
  const of = (kind) => statuses(answered.filter((request) => request.kind === kind));
  const times = answered.map(tookMs);
  const checks = `${of('health')} ${health}`.trim();
  const line = [
    String(second).padStart(columns.second),
    ` ${state}`.padEnd(columns.state + 2),
    of('read').padEnd(columns.read),
    of('write').padEnd(columns.write),
    checks.padEnd(columns.health),
    String(waiting).padStart(columns.waiting - 1),
    shown(quantile(times, 0.5)).padStart(columns.time),
    shown(quantile(times, 0.99)).padStart(columns.time),
  ].join(' ');
  const colour = answered.some(({ status }) => status === 0) ? 31 : answered.every(isServed) ? 32 : 33;
  return says ? `${paint(1, `-- ${says}`)}\n${paint(colour, line)}` : paint(colour, line);
}

export function summaryText({
  byAct,
  posts,
  unknownOnBoard,
  slowestMs,
  health,
  logLines,
  stateChanges,
  exit,
  broken,
}) {
  const rows = byAct.map(
    ({ name, visits, served, told, p50Ms, p99Ms }) =>
      `  ${name.padEnd(10)} ${String(visits).padStart(4)} visitors: ${String(served).padStart(4)} served, ${String(told).padStart(4)} told to come back (503); p50 ${shown(p50Ms)}, p99 ${shown(p99Ms)}`,
  );
  return [
    '',
    paint(1, 'What users got'),
    ...rows,
    `  posts      ${posts.created} confirmed, ${posts.lost} of them lost; ${posts.refused} not created, ${posts.ghosts} of them there after all;`,
    `             ${posts.unknown} reported as unknown, ${unknownOnBoard} of them there; ${posts.doubled} twice`,
    `  /health    ${health.requests} checks, p99 ${shown(health.p99Ms)}, slowest ${shown(health.maxMs)}`,
    `  waiting    the longest ${shown(slowestMs)}`,
    `  log        ${logLines} lines about Redis for ${stateChanges} changes`,
    `  leaving    after ${shown(exit.tookMs)}, with ${exit.code}`,
    '',
    broken.length === 0 ? paint(32, 'Every promise held.') : paint(31, `Broken: ${broken.join('; ')}.`),
  ].join('\n');
}

/** `200×12`, or `200×3 503×9`. */
function statuses(requests) {
  const counts = new Map();
  for (const { status } of requests) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status || 'none'}×${count}`)
    .join(' ');
}

function isServed({ status }) {
  return status === 200 || status === 201;
}

function shown(ms) {
  if (ms === null) return '–';
  if (ms < 1_000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  return `${(ms / 1_000).toFixed(1)} s`;
}
