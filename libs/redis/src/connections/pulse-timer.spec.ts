import { beatMs, PulseTimer } from './pulse-timer.js';

describe('B4 pulse timer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tells every listener the time, several times a second', () => {
    const pulse = new PulseTimer(() => 42);
    const [first, second] = [jest.fn(), jest.fn()];
    pulse.onBeat(first);
    pulse.onBeat(second);
    jest.advanceTimersByTime(1_000);
    expect(first).toHaveBeenCalledTimes(1_000 / beatMs);
    expect(second).toHaveBeenCalledTimes(1_000 / beatMs);
    expect(second).toHaveBeenCalledWith(42);
  });

  it('is one timer, however many listen, and none when nobody does', () => {
    const pulse = new PulseTimer(() => 0);
    expect(jest.getTimerCount()).toBe(0);
    const stops = [pulse.onBeat(jest.fn()), pulse.onBeat(jest.fn())];
    expect(jest.getTimerCount()).toBe(1);
    stops[0]?.();
    expect(jest.getTimerCount()).toBe(1);
    stops[1]?.();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('starts again for whoever comes later', () => {
    const pulse = new PulseTimer(() => 0);
    pulse.onBeat(jest.fn())();
    const listener = jest.fn();
    pulse.onBeat(listener);
    jest.advanceTimersByTime(beatMs);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('lets a listener leave in the middle of a beat', () => {
    const pulse = new PulseTimer(() => 0);
    const stop = pulse.onBeat(() => stop());
    const other = jest.fn();
    pulse.onBeat(other);
    jest.advanceTimersByTime(2 * beatMs);
    expect(other).toHaveBeenCalledTimes(2);
  });

  it('A10 does not keep the process alive', () => {
    const timer = { unref: jest.fn().mockReturnThis() };
    const set = jest.spyOn(globalThis, 'setInterval').mockReturnValue(timer as unknown as NodeJS.Timeout);
    new PulseTimer(() => 0).onBeat(jest.fn());
    expect(timer.unref).toHaveBeenCalledTimes(1);
    set.mockRestore();
  });
});
