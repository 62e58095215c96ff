import { FaultSet } from './fault-set.js';
import { FREE_PACE, paceOf } from './pace.js';

const noted = () => new FaultSet(true, () => undefined);

describe('paceOf (F3)', () => {
  it('is free without faults, and with faults of the other direction', () => {
    const faults = noted();
    expect(paceOf(faults.list(), 'requests')).toEqual(FREE_PACE);
    faults.blackHole({ direction: 'replies' });
    faults.delay({ latencyMs: 5 });
    expect(paceOf(faults.list(), 'requests')).toEqual(FREE_PACE);
  });

  it('adds latencies and takes the narrowest throttle', () => {
    const faults = noted();
    faults.delay({ latencyMs: 5, jitterMs: 1, direction: 'both' });
    faults.delay({ latencyMs: 7 });
    faults.throttle({ bytesPerSecond: 100 });
    faults.throttle({ bytesPerSecond: 50, direction: 'replies' });
    expect(paceOf(faults.list(), 'replies')).toEqual({
      ...FREE_PACE,
      latencyMs: 12,
      jitterMs: 1,
      bytesPerSecond: 50,
    });
  });

  it('is dead when one of its black holes forgets connections', () => {
    const faults = noted();
    faults.blackHole({ afterwards: 'dead' });
    faults.blackHole();
    expect(paceOf(faults.list(), 'requests')).toMatchObject({ held: true, dead: true });
  });

  it('refuses numbers that make no sense, and selections it cannot make', () => {
    expect(() => noted().delay({ latencyMs: -1 })).toThrow('latencyMs must be 0 or more, not -1');
    expect(() => noted().delay({ latencyMs: 1, jitterMs: NaN })).toThrow(
      'jitterMs must be 0 or more, not NaN',
    );
    expect(() => noted().throttle({ bytesPerSecond: 0 })).toThrow('bytesPerSecond must be above 0, not 0');
    expect(() => noted().answerError('a\r\nb')).toThrow(TypeError);
    expect(() => new FaultSet(false, () => undefined).cutBefore()).toThrow('start it with parse: true');
  });
});
