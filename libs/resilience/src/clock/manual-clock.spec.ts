import { systemClock } from './clock.js';
import { ManualClock } from './manual-clock.js';

describe('manual clock', () => {
  it('runs due timers in order, each at its own moment', () => {
    const clock = new ManualClock(100);
    const seen: Array<[string, number]> = [];
    clock.setTimeout(() => seen.push(['late', clock.now()]), 20);
    clock.setTimeout(() => {
      seen.push(['early', clock.now()]);
      clock.setTimeout(() => seen.push(['nested', clock.now()]), 5);
    }, 10);
    clock.setTimeout(() => seen.push(['not due', clock.now()]), 31);

    clock.advance(30);

    expect(seen).toEqual([
      ['early', 110],
      ['nested', 115],
      ['late', 120],
    ]);
    expect(clock.now()).toBe(130);
    expect(clock.pendingTimers).toBe(1);
  });

  it('does not run a cancelled timer', () => {
    const clock = new ManualClock();
    const callback = jest.fn();
    clock.setTimeout(callback, 10).cancel();

    clock.advance(10);

    expect(callback).not.toHaveBeenCalled();
  });
});

describe('system clock', () => {
  it('never goes back', () => {
    const first = systemClock.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(first);
  });

  it('sets timers that can be cancelled', async () => {
    const cancelled = jest.fn();
    systemClock.setTimeout(cancelled, 0).cancel();
    await new Promise<void>((resolve) => systemClock.setTimeout(resolve, 1));
    expect(cancelled).not.toHaveBeenCalled();
  });
});
