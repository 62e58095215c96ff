import { ManualClock } from '../clock/manual-clock.js';
import { Deadline } from '../deadline/deadline.js';
import { DeadlineExceededError, OperationAbortedError } from '../deadline/deadline.errors.js';
import { Pacer } from './pacer.js';

describe('pacer', () => {
  let clock: ManualClock;
  beforeEach(() => {
    clock = new ManualClock();
  });
  const flush = () => new Promise((resolve) => setImmediate(resolve));

  it('gives the burst at once and then the rate', () => {
    const pacer = new Pacer({ perSecond: 100, maxBurst: 2, clock });
    expect([pacer.tryTake(), pacer.tryTake(), pacer.tryTake()]).toEqual([true, true, false]);
    clock.advance(9);
    expect(pacer.tryTake()).toBe(false);
    clock.advance(1);
    expect([pacer.tryTake(), pacer.tryTake()]).toEqual([true, false]);
  });

  it('saves up no more than the burst', () => {
    const pacer = new Pacer({ perSecond: 100, maxBurst: 3, clock });
    clock.advance(60_000);
    expect([1, 2, 3, 4].map(() => pacer.tryTake())).toEqual([true, true, true, false]);
  });

  it('serves those who wait in the order they asked, at the rate', async () => {
    const pacer = new Pacer({ perSecond: 100, maxBurst: 1, clock });
    const served: Array<[string, number]> = [];
    for (const name of ['a', 'b', 'c']) void pacer.take().then(() => served.push([name, clock.now()]));

    for (let ms = 0; ms < 30; ms++) {
      await flush();
      clock.advance(1);
    }
    await flush();

    expect(served).toEqual([
      ['a', 0],
      ['b', 10],
      ['c', 20],
    ]);
  });

  it('gives a batch larger than the burst and pays for it afterwards', async () => {
    const pacer = new Pacer({ perSecond: 100, maxBurst: 10, clock });
    expect(pacer.tryTake(30)).toBe(true);
    clock.advance(200);
    expect(pacer.tryTake(1)).toBe(false);
    clock.advance(10);
    expect(pacer.tryTake(1)).toBe(true);
  });

  it('takes tokens back from who gives up waiting, and leaves no timer', async () => {
    const pacer = new Pacer({ perSecond: 10, maxBurst: 1, clock });
    const caller = new AbortController();
    await pacer.take();
    const aborted = pacer.take(1, { signal: caller.signal });
    const late = pacer.take(1, { deadline: Deadline.after(50, clock) });
    caller.abort();
    clock.advance(50);

    await expect(aborted).rejects.toBeInstanceOf(OperationAbortedError);
    await expect(late).rejects.toBeInstanceOf(DeadlineExceededError);
    expect(clock.pendingTimers).toBe(0);
    clock.advance(50);
    expect(pacer.tryTake()).toBe(true);
  });

  it('leaves no timer of the deadline when the wait is over before it', async () => {
    const pacer = new Pacer({ perSecond: 10, maxBurst: 1, clock });
    await pacer.take();
    const waiting = pacer.take(1, { deadline: Deadline.after(5000, clock) });
    clock.advance(100);
    await waiting;
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not begin to wait when there is no time left', async () => {
    const pacer = new Pacer({ perSecond: 10, clock });
    const late = pacer.take(1, { deadline: Deadline.after(0, clock) });
    await expect(late).rejects.toBeInstanceOf(DeadlineExceededError);
  });

  it('names what is wrong with an option', () => {
    expect(() => new Pacer({ perSecond: 0 })).toThrow('perSecond must be a number of at least 0.001, got 0');
    expect(() => new Pacer({ perSecond: 1, maxBurst: 0 })).toThrow(RangeError);
    expect(() => new Pacer({ perSecond: 1 }).tryTake(-1)).toThrow(RangeError);
  });
});
