import { RedisTimeoutError, RedisUnavailableError } from '@holdfast/redis';
import { Degradation } from './degradation.js';

const away = new RedisUnavailableError({ outcome: 'not-sent', kind: 'ECONNREFUSED', message: 'away' });
const late = new RedisTimeoutError({ outcome: 'unknown', message: 'late' });

describe('degradation (C3)', () => {
  let now: number;
  let lines: string[];
  let degradation: Degradation;

  beforeEach(() => {
    now = 50_000;
    lines = [];
    const log = { log: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) };
    degradation = new Degradation({ whenDown: 'memory', log, now: () => now });
  });

  it('is one line at its begin and one at its end, however many hits it has', () => {
    expect(degradation.answered()).toBe(false);
    for (let i = 0; i < 100; i++) degradation.failed(i === 0 ? away : late);
    expect(lines).toEqual([expect.stringContaining('event=throttler-degraded reason=ECONNREFUSED whenDown=memory')]);
    now += 4_000;
    expect(degradation.answered()).toBe(true);
    expect(degradation.answered()).toBe(false);
    expect(lines).toEqual([expect.anything(), expect.stringContaining('event=throttler-restored afterMs=4000 hits=100')]);
    expect(degradation.active).toBe(false);
  }); // prettier-ignore

  it('is not over while Redis answers now and then', () => {
    for (let i = 0; i < 10; i++) {
      degradation.failed(late);
      now += 600;
      expect(degradation.answered()).toBe(false);
    }
    expect(lines).toHaveLength(1);
    now += 400;
    expect(degradation.answered()).toBe(true);
  });

  it('lets every hit ask while answers come at once, good or bad', () => {
    degradation.failed(away);
    expect([degradation.mayAsk(), degradation.mayAsk()]).toEqual([true, true]);
  });

  it('after a time-out lets nobody ask for half a second, then one at a time', () => {
    degradation.failed(late);
    now += 499;
    expect(degradation.mayAsk()).toBe(false);
    now += 1;
    expect([degradation.mayAsk(), degradation.mayAsk()]).toEqual([true, false]);
    degradation.failed(late);
    now += 500;
    expect([degradation.mayAsk(), degradation.mayAsk()]).toEqual([true, false]);
    degradation.answered();
    expect([degradation.mayAsk(), degradation.mayAsk()]).toEqual([true, true]);
  });

  it('is no news at shutdown', () => {
    degradation.failed(
      new RedisUnavailableError({ code: 'REDIS_CLOSED', outcome: 'not-sent', message: 'closed' }),
    );
    expect(lines).toEqual([]);
  });
});
