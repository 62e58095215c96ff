import type { CallRecord } from './call-log.js';

/** A promise that was broken, in words that name who was told what. */
export type Violation = string;

/** What Redis holds at the end: values by key. */
export type Snapshot = ReadonlyMap<string, string>;

export interface HistoryOptions {
  /** Everything that Redis held at this moment was lost, and nobody is to blame. */
  readonly lostAt?: number | undefined;
}

const span = ({ startedAt, settledAt }: CallRecord): number => (settledAt ?? Infinity) - startedAt;

const shown = (call: CallRecord): string =>
  `${call.op} ${call.key}${call.value === undefined ? '' : `=${call.value.slice(0, 24)}`} → ${call.told ?? 'pending'}` +
  `${call.error === undefined ? '' : ` (${call.error})`} ${Math.round(call.startedAt)}..${call.settledAt === undefined ? '?' : Math.round(call.settledAt)}`;

/** Never hang: every call has ended, and none after its deadline. */
export function callsThatHung(
  calls: readonly CallRecord[],
  deadlineMs: (op: string) => number,
  slackMs: number,
): Violation[] {
  const hung = calls.filter((call) => span(call) > deadlineMs(call.op) + slackMs);
  if (hung.length === 0) return [];
  const [worst] = [...hung].sort((a, b) => span(b) - span(a)) as [CallRecord];
  return [
    `never hang: ${hung.length} of ${calls.length} calls outlived their deadline, e.g. ${shown(worst)}`,
  ];
}

/**
 * Count: what a counter holds is no less than what callers were told it counted, and no more than that and
 * what they were told may have counted. No two callers were given the same number.
 */
export function miscounts(
  counter: string,
  calls: readonly CallRecord[],
  snapshot: Snapshot,
  { lostAt }: HistoryOptions = {},
): Violation[] {
  const all = calls.filter(({ op, key }) => op === 'incr' && key === counter);
  const counted = all.filter(({ told }) => told === 'ok').length;
  const perhaps = all.filter(({ told }) => told === 'unknown' || told === undefined).length;
  const held = Number(snapshot.get(counter) ?? 0);
  const violations: Violation[] = [];
  if (held > counted + perhaps) {
    violations.push(
      `truth: ${counter} is ${held}, but only ${counted} calls were told that they counted and ${perhaps} that they may have`,
    );
  }
  if (lostAt !== undefined) return violations;
  if (held < counted) {
    violations.push(`keep: ${counter} is ${held}, but ${counted} calls were told that they counted`);
  }
  const sums = all.filter(({ told }) => told === 'ok').map(({ reply }) => reply);
  const twice = sums.filter((sum, index) => sums.indexOf(sum) !== index);
  if (twice.length > 0)
    violations.push(`truth: ${counter} gave ${twice.length} sums twice, e.g. ${String(twice[0])}`);
  return violations;
}

/**
 * Follows every key through what its one writer was told, and says where Redis ends up with something that
 * cannot be: a value that was reported as not written, an acknowledged write that is gone, a deleted value.
 * The calls of one key must be in the order in which they were made, each after the end of the one before.
 */
export function impossibleValues(
  calls: readonly CallRecord[],
  snapshot: Snapshot,
  { lostAt }: HistoryOptions = {},
): Violation[] {
  const violations: Violation[] = [];
  for (const [key, history] of byKey(writesOf(calls))) {
    const possible = possibleValues(history, lostAt);
    const held = snapshot.get(key);
    if (possible.has(held)) continue;
    const wanted = [...possible].map((value) => value?.slice(0, 24) ?? 'nothing').join(' or ');
    const lines = history.slice(-8).map(shown).join('; ');
    violations.push(
      `${broken(held, history)}: ${key} holds ${held?.slice(0, 24) ?? 'nothing'} instead of ${wanted}. ${lines}`,
    );
  }
  return violations;
}

/** No reply went to another call: what was read of a key is what was once written to it. */
export function crossedReplies(calls: readonly CallRecord[]): Violation[] {
  const written = byKey(writesOf(calls));
  const crossed = calls.filter(({ op, key, told, reply }) => {
    if (op !== 'get' || told !== 'ok' || reply === null) return false;
    return !written.get(key)?.some(({ value }) => value === reply);
  });
  return crossed.length === 0
    ? []
    : [
        `truth: ${crossed.length} reads got what nobody wrote there, e.g. ${shown(crossed[0] as CallRecord)} got ${String(crossed[0]?.reply)}`,
      ];
}

/** Every error of the service says what happened. */
export function untypedErrors(calls: readonly CallRecord[]): Violation[] {
  const untyped = calls.find((call) => call.untyped);
  return untyped ? [`truth: an error without code and outcome reached a caller: ${shown(untyped)}`] : [];
}

/** What a key may hold after its history. `undefined` is nothing. */
export function possibleValues(
  history: readonly CallRecord[],
  lostAt: number = -Infinity,
): Set<string | undefined> {
  let possible = new Set<string | undefined>([undefined]);
  for (const { op, value, told, startedAt } of history) {
    const effect = op === 'del' ? undefined : value;
    if (told === 'ok') possible = new Set([effect]);
    else if (told === 'unknown' || told === undefined) possible.add(effect);
    if (startedAt < lostAt) possible.add(undefined);
  }
  return possible;
}

/** In the order in which they were made. */
export function byKey(calls: readonly CallRecord[]): Map<string, CallRecord[]> {
  const histories = new Map<string, CallRecord[]>();
  for (const call of calls) {
    const history = histories.get(call.key);
    if (history) history.push(call);
    else histories.set(call.key, [call]);
  }
  return histories;
}

function writesOf(calls: readonly CallRecord[]): CallRecord[] {
  return calls.filter(({ op }) => op === 'set' || op === 'del');
}

function broken(held: string | undefined, history: readonly CallRecord[]): string {
  if (held === undefined) return 'keep';
  const last = history.findLast(({ told }) => told === 'ok');
  if (last?.op === 'del') return 'nothing deleted comes back';
  const writer = history.findLast(({ value }) => value === held);
  return writer === undefined || writer.told === 'not-sent' || writer.told === 'rejected'
    ? 'no ghost writes'
    : 'keep';
}
