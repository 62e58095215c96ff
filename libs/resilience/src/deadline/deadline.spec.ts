import { ManualClock } from '../clock/manual-clock.js';
import { Deadline } from './deadline.js';

describe('deadline', () => {
  it('runs down with the clock and expires at its moment', () => {
    const clock = new ManualClock(1000);
    const deadline = Deadline.after(50, clock);

    clock.advance(49);
    expect([deadline.remainingMs, deadline.expired]).toEqual([1, false]);
    clock.advance(1);
    expect([deadline.remainingMs, deadline.expired]).toEqual([0, true]);
    clock.advance(100);
    expect(deadline.remainingMs).toBe(0);
  });

  it('has expired at once when it is given no time', () => {
    expect(Deadline.after(0, new ManualClock()).expired).toBe(true);
  });

  it('never comes when it has no end', () => {
    const clock = new ManualClock();
    clock.advance(1e12);
    expect(Deadline.never(clock).remainingMs).toBe(Infinity);
    expect(Deadline.after(Infinity, clock).expired).toBe(false);
  });

  it('yields to an earlier one', () => {
    const clock = new ManualClock();
    const early = Deadline.after(10, clock);
    const late = Deadline.after(20, clock);
    expect(late.min(early)).toBe(early);
    expect(early.min(late)).toBe(early);
    expect(Deadline.never(clock).min(late)).toBe(late);
  });

  it('refuses to be compared over two clocks', () => {
    const here = Deadline.after(10, new ManualClock());
    expect(() => here.min(Deadline.after(10, new ManualClock()))).toThrow(TypeError);
  });

  it('names what is wrong with its time', () => {
    expect(() => Deadline.after(-1)).toThrow(
      new RangeError('ms must be a number from 0 to Infinity, got -1'),
    );
    expect(() => Deadline.after('5' as unknown as number)).toThrow(TypeError);
  });
});
