import type { CallRecord, Told } from './call-log.js';
import { callsThatHung, crossedReplies, impossibleValues, miscounts, untypedErrors } from './invariants.js';

let clock = 0;

const call = (op: string, key: string, told: Told, more: Partial<CallRecord> = {}): CallRecord => ({
  op,
  key,
  told,
  startedAt: clock++,
  settledAt: clock++,
  ...more,
});
const incr = (told: Told, reply?: number): CallRecord => call('incr', 'n', told, { reply });
const set = (value: string, told: Told = 'ok'): CallRecord => call('set', 'k', told, { value });
const del = (told: Told = 'ok'): CallRecord => call('del', 'k', told);
const held = (key: string, value?: string): Map<string, string> =>
  new Map(value === undefined ? [] : [[key, value]]);

describe('the invariants of the fault matrix and the random walk', () => {
  it.each([
    ['exactly as many', [incr('ok', 1), incr('ok', 2), incr('not-sent'), incr('rejected')], '2'],
    ['one that may have counted, and did', [incr('ok', 1), incr('unknown')], '2'],
    ['one that may have counted, and did not', [incr('ok', 1), incr('unknown')], '1'],
    ['none', [incr('not-sent')], undefined],
  ])('are content with a counter: %s', (_, calls, value) => {
    expect(miscounts('n', calls, held('n', value))).toEqual([]);
  });

  it.each([
    ['counted twice', [incr('ok', 1)], '2', /^truth: n is 2/],
    ['counted though it was not sent', [incr('not-sent')], '1', /^truth: n is 1/],
    ['lost', [incr('ok', 1), incr('ok', 2)], '1', /^keep: n is 1/],
    ['the same sum for two callers', [incr('ok', 1), incr('ok', 1)], '2', /^truth: n gave 1 sums twice/],
  ])('notice a counter: %s', (_, calls, value, violation) => {
    expect(miscounts('n', calls, held('n', value))).toEqual([expect.stringMatching(violation)]);
  });

  it.each([
    ['the last that was acknowledged', [set('a'), set('b')], 'b'],
    ['what may have been written', [set('a'), set('b', 'unknown')], 'b'],
    ['what was there before what may have been written', [set('a'), set('b', 'unknown')], 'a'],
    ['what was there before what was not sent', [set('a'), set('b', 'not-sent')], 'a'],
    ['what may not have been deleted', [set('a'), del('unknown')], 'a'],
    ['nothing after a delete', [set('a'), del()], undefined],
  ])('are content with a key that holds %s', (_, calls, value) => {
    expect(impossibleValues(calls, held('k', value))).toEqual([]);
  });

  it.each([
    ['a deleted value', [set('a'), del()], 'a', /^nothing deleted comes back/],
    ['a value that was not sent', [set('a', 'not-sent')], 'a', /^no ghost writes/],
    ['a value that was refused', [set('a'), set('b', 'rejected')], 'b', /^no ghost writes/],
    ['nothing, though it was acknowledged', [set('a')], undefined, /^keep/],
    ['an overwritten value', [set('a'), set('b')], 'a', /^keep/],
    ['a value that came late', [set('a', 'unknown'), set('b')], 'a', /^keep/],
    ['what nobody wrote', [set('a')], 'z', /^no ghost writes/],
  ])('notice a key that holds %s', (_, calls, value, violation) => {
    expect(impossibleValues(calls, held('k', value))).toEqual([expect.stringMatching(violation)]);
  });

  it('forgive what was lost with the data of the server, and no more', () => {
    const before = set('a');
    const lostAt = clock++;
    expect(impossibleValues([before], held('k'), { lostAt })).toEqual([]);
    expect(impossibleValues([before, set('b')], held('k'), { lostAt })).toHaveLength(1);
    expect(miscounts('n', [incr('ok', 1)], held('n'), { lostAt })).toEqual([]);
    expect(miscounts('n', [incr('not-sent')], held('n', '1'), { lostAt })).toHaveLength(1);
  });

  it('notice calls that outlive their deadline, and those that never end', () => {
    const late = call('get', 'k', 'ok', { startedAt: 0, settledAt: 3_000 });
    const { settledAt: _, ...never } = late;
    expect(callsThatHung([late], () => 2_000, 1_100)).toEqual([]);
    expect(callsThatHung([late], () => 2_000, 900)).toHaveLength(1);
    expect(callsThatHung([never], () => 1e9, 0)).toHaveLength(1);
  });

  it('notice replies that went to another caller', () => {
    expect(crossedReplies([set('a'), call('get', 'k', 'ok', { reply: 'a' })])).toEqual([]);
    expect(crossedReplies([set('a'), call('get', 'k', 'ok', { reply: 'PONG' })])).toHaveLength(1);
  });

  it('notice errors that do not say what happened', () => {
    expect(untypedErrors([call('get', 'k', 'unknown')])).toEqual([]);
    expect(untypedErrors([call('get', 'k', 'unknown', { untyped: true })])).toHaveLength(1);
  });
});
