import { hungMs } from './limits.mjs';
import { keyOf, kinds, outcomes, recoveryOf, told } from './load.mjs';
import { quantile } from '../harness/statistics.mjs';

/** Clocks of two processes, and the time until a caller is told, may differ by so much. */
const slackMs = 50;
const slowMs = 1_000;

/**
 * What became of the calls of one cell. Shares are from 0 to 1, times in ms; `null` is "never", or nothing to
 * measure.
 */
export function evaluate({ report, witness, stored, beganAt, healedAt, fault, crashedAt }) {
  if (report === undefined) return { crashed: true, crashedAfterMs: crashedAt - beganAt };
  const calls = Array.from({ length: report.count }, (_, id) => callOf(report, id));
  const out = calls.filter(({ startedAt }) => startedAt >= beganAt && startedAt < healedAt);
  const late = out.filter(({ startedAt }) => startedAt >= (beganAt + healedAt) / 2);
  const attempts = report.attempts.filter((at) => at >= beganAt && at < healedAt);
  const seconds = (healedAt - beganAt) / 1_000;
  const recoveredAt = recoveryOf(report, healedAt);
  return {
    crashed: false,
    calls: calls.length,
    while: sharesOf(out),
    whileMs: quantilesOf(out),
    lateShares: sharesOf(late),
    lateMs: quantilesOf(late),
    afterShares: sharesOf(calls.filter(({ startedAt }) => startedAt >= healedAt)),
    detectMs: firstTrouble(calls, beganAt, healedAt),
    recoverMs: recoveredAt === undefined ? null : recoveredAt - healedAt,
    subscriber: {
      foundMs: since(report.losses, beganAt, healedAt),
      backMs: since(report.messages, healedAt, Infinity),
    },
    attemptsPerSecond: attempts.length / seconds,
    wrongAnswers: calls.filter(({ verdict }) => verdict === told.wrong).length,
    ...writesOf(calls, { witness, stored, beganAt, fault }),
    outlived: calls.filter(({ tookMs }) => tookMs > hungMs).length,
    slowestMs: Math.max(0, ...calls.map(({ tookMs }) => tookMs)),
    errors: report.errors,
  };
}

function callOf({ startedAt, endedAt, told: verdicts, outcome, finishedAt }, id) {
  const kind = kinds[id % kinds.length];
  return {
    kind,
    key: keyOf[kind](id),
    startedAt: startedAt[id],
    endedAt: endedAt[id],
    verdict: verdicts[id],
    outcome: outcomes[outcome[id]],
    tookMs: (verdicts[id] === told.pending ? finishedAt : endedAt[id]) - startedAt[id],
  };
}

function sharesOf(calls) {
  const share = (test) => (calls.length === 0 ? 0 : calls.filter(test).length / calls.length);
  return {
    calls: calls.length,
    answered: share(({ verdict, tookMs }) => verdict === told.answered && tookMs <= hungMs),
    memory: share(({ verdict }) => verdict === told.standIn),
    failed: share(
      ({ verdict, tookMs }) => (verdict === told.failed || verdict === told.wrong) && tookMs <= hungMs,
    ),
    hung: share(({ tookMs }) => tookMs > hungMs),
    slow: share(({ tookMs }) => tookMs > slowMs),
  };
}

function quantilesOf(calls) {
  const sorted = Float64Array.from(calls, ({ tookMs }) => tookMs).sort();
  if (sorted.length === 0) return { p50: null, p99: null, max: null };
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: quantile(sorted, 1) };
}

/** When the application could first know: a call failed, or was answered by somebody else. */
function firstTrouble(calls, beganAt, healedAt) {
  const trouble = calls
    .filter(({ verdict, endedAt }) => verdict > told.answered && endedAt >= beganAt && endedAt < healedAt)
    .map(({ endedAt }) => endedAt);
  return trouble.length === 0 ? null : Math.min(...trouble) - beganAt;
}

function since(times, from, to) {
  const first = times.find((at) => at >= from && at < to);
  return first === undefined ? null : first - from;
}

/** What callers were told of their writes, against what Redis executed and holds. */
function writesOf(calls, { witness, stored, beganAt, fault }) {
  const writes = calls.filter(({ kind }) => kind !== 'get');
  const counts = { failedWrites: 0, ghosts: 0, lateInFlight: 0, ranAnyway: 0, untrue: 0, twice: 0, lost: 0 };
  counts.lateUnsaid = 0;
  counts.memoryWrites = 0;
  counts.lostFromMemory = 0;
  for (const write of writes) {
    const runs = witness.executions.get(write.key) ?? [];
    if (write.kind === 'incr' && (runs.length > 1 || Number(stored.get(write.key)) > 1)) counts.twice++;
    if (write.verdict === told.failed) {
      counts.failedWrites++;
      const fate = fateOf(write, runs, { witness, stored });
      if (fate !== undefined) counts[fate]++;
      if (fate === 'lateInFlight' && write.outcome !== 'unknown') counts.lateUnsaid++;
      if (fate !== undefined && (write.outcome === 'not-sent' || write.outcome === 'rejected'))
        counts.untrue++;
    }
    if (write.verdict === told.standIn) counts.memoryWrites++;
    const mayBeGone = fault.losesData && write.startedAt < beganAt + slackMs;
    if (stored.has(write.key) || mayBeGone) continue;
    if (write.verdict === told.answered) counts.lost++;
    if (write.verdict === told.standIn) counts.lostFromMemory++;
  }
  return counts;
}

/**
 * What became of a write after its caller was told that it failed: nothing; executed before that (in flight, the
 * answer was lost); executed later, out of what was under way on a connection of that time; or, a ghost, sent
 * over a connection that was made only after the caller had been told.
 */
function fateOf({ key, endedAt }, runs, { witness, stored }) {
  if (runs.length === 0) {
    if (!stored.has(key)) return undefined;
    // Executed unseen, which only a server that had just come back can have done.
    return witness.gaps.some(({ from }) => from > endedAt + slackMs) ? 'ghosts' : 'ranAnyway';
  }
  const afterwards = runs.filter(({ at }) => at > endedAt + slackMs);
  if (afterwards.length === 0) return 'ranAnyway';
  const isGhost = afterwards.some(({ from }) => (witness.firstSeen.get(from) ?? 0) > endedAt + slackMs);
  return isGhost ? 'ghosts' : 'lateInFlight';
}
