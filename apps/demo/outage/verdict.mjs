const deadlineMs = 6_000;

/**
 * What users got, and which promises broke.
 */
export function judge({ requests, board, stateLines, exit, acts }) {
  const onBoard = new Set(board);
  const writes = requests.filter(({ kind }) => kind === 'write');
  const created = writes.filter(({ status }) => status === 201);
  const refused = writes.filter(
    ({ status, outcome }) => status !== 201 && outcome !== 'unknown' && status !== 0,
  );
  const unknown = writes.filter(({ status, outcome }) => status === 0 || outcome === 'unknown');
  const lost = created.filter(({ title }) => !onBoard.has(title)).length;
  const ghosts = refused.filter(({ title }) => onBoard.has(title)).length;
  const doubled = board.length - onBoard.size;
  const slowestMs = Math.max(...requests.map(tookMs));
  const lastAct = acts.at(-1).name;
  const end = requests.filter(({ act }) => act === lastAct).slice(-20);
  const broken = [
    lost > 0 && `${lost} posts that were confirmed are not on the board`,
    ghosts > 0 && `${ghosts} posts that were reported as not created are on the board`,
    doubled > 0 && `${doubled} posts are on the board twice`,
    slowestMs > deadlineMs && `a visitor waited ${Math.round(slowestMs)} ms`,
    end.some(({ status }) => status !== 200 && status !== 201) && 'it did not work again at the end',
    exit.code !== 0 && `the demo ended with ${exit.code}`,
  ].filter(Boolean);
  const health = requests.filter(({ kind }) => kind === 'health').map(tookMs);
  return {
    requests: requests.length,
    byAct: acts.map(({ name }) => ({ name, ...actOf(requests.filter(({ act }) => act === name)) })),
    posts: {
      created: created.length,
      refused: refused.length,
      unknown: unknown.length,
      lost,
      ghosts,
      doubled,
    },
    unknownOnBoard: unknown.filter(({ title }) => onBoard.has(title)).length,
    slowestMs,
    health: { requests: health.length, p99Ms: quantile(health, 0.99), maxMs: Math.max(...health) },
    logLines: stateLines,
    stateChanges: acts.length - 1,
    exit,
    broken,
  };
}

function actOf(requests) {
  const visits = requests.filter(({ kind }) => kind !== 'health');
  return {
    visits: visits.length,
    served: visits.filter(({ status }) => status === 200 || status === 201).length,
    told: visits.filter(({ status }) => status === 503).length,
    p50Ms: quantile(visits.map(tookMs), 0.5),
    p99Ms: quantile(visits.map(tookMs), 0.99),
  };
}

export function tookMs({ startedAt, endedAt }) {
  return endedAt - startedAt;
}

/** @param {number} ratio from 0 to 1 */
export function quantile(values, ratio) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(ratio * sorted.length))];
}
