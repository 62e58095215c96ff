import { blockTimeMs } from './blocking.js';

const of = (name: string, ...args: unknown[]): number | undefined => blockTimeMs({ name, args });

describe('B4 block time of a command', () => {
  it.each([
    ['blpop', ['a', 'b', 5], 5_000],
    ['brpop', ['a', '0.5'], 500],
    ['brpoplpush', ['a', 'b', 5], 5_000],
    ['blmove', ['a', 'b', 'LEFT', 'RIGHT', 5], 5_000],
    ['bzpopmin', ['a', Buffer.from('5')], 5_000],
    ['bzpopmax', ['a', 5], 5_000],
    ['blmpop', [5, 2, 'a', 'b', 'LEFT'], 5_000],
    ['bzmpop', ['5', 1, 'a', 'MIN'], 5_000],
    ['wait', [1, 250], 250],
    ['waitaof', [1, 0, 250], 250],
    ['xread', ['COUNT', 2, 'BLOCK', 250, 'STREAMS', 's', '$'], 250],
    ['xread', ['block', '250', 'streams', 's', '$'], 250],
    ['xreadgroup', ['GROUP', 'g', 'c', 'BLOCK', 250, 'STREAMS', 's', '>'], 250],
    ['BLPOP', ['a', 5], 5_000],
  ])('of %s %j is %d ms', (name, args, ms) => {
    expect(of(name, ...args)).toBe(ms);
  });

  it.each([
    ['blpop', ['a', 0]],
    ['brpop', ['a', '0']],
    ['bzmpop', [0, 1, 'a', 'MIN']],
    ['wait', [1, 0]],
    ['xread', ['BLOCK', 0, 'STREAMS', 's', '$']],
    ['blpop', ['a', 'nonsense']],
    ['blpop', ['a', -1]],
  ])('of %s %j is for ever, as far as anyone can tell', (name, args) => {
    expect(of(name, ...args)).toBe(Infinity);
  });

  it.each([
    ['get', ['BLOCK']],
    ['lpop', ['a', 5]],
    ['xread', ['COUNT', 2, 'STREAMS', 's', '$']],
    ['xreadgroup', ['GROUP', 'g', 'c', 'STREAMS', 's', '>']],
    ['xread', ['STREAMS', 'block', '5']],
    ['xreadgroup', ['GROUP', 'block', '5', 'NOACK', 'STREAMS', 's', '>']],
    ['xreadgroup', ['GROUP', 'g', 'block', 'COUNT', 1, 'STREAMS', 'block', '>']],
  ])('%s %j does not block', (name, args) => {
    expect(of(name, ...args)).toBeUndefined();
  });

  it('inside MULTI nothing blocks', () => {
    expect(blockTimeMs({ name: 'blpop', args: ['a', 5], inTransaction: true })).toBeUndefined();
  });
});
