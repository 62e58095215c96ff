import { consecutiveTrip } from './consecutive-trip.js';
import { ratioTrip } from './ratio-trip.js';

const repeat = (times: number, call: () => boolean) => Array.from({ length: times }, call).at(-1);

describe('tripping by ratio (B1)', () => {
  it('opens when enough of the latest calls failed', () => {
    const trip = ratioTrip({ failureRatio: 0.5, minCalls: 10 });
    repeat(10, () => trip.onSuccess(1, 0));
    expect(repeat(9, () => trip.onFailure(0))).toBe(false);
    expect(trip.onFailure(0)).toBe(true);
  });

  it('decides nothing on few calls', () => {
    const trip = ratioTrip({ minCalls: 5 });
    expect(repeat(4, () => trip.onFailure(0))).toBe(false);
    expect(trip.onFailure(0)).toBe(true);
  });

  it('opens when enough of the latest calls were slow', () => {
    const trip = ratioTrip({ slowRatio: 0.8, slowCallMs: 100, minCalls: 5 });
    trip.onSuccess(99, 0);
    expect(repeat(3, () => trip.onSuccess(100, 0))).toBe(false);
    expect(trip.onSuccess(100, 0)).toBe(true);
  });

  it('takes no call for slow unless told', () => {
    const trip = ratioTrip({ minCalls: 1 });
    expect(trip.onSuccess(1e9, 0)).toBe(false);
    expect(trip.acceptsProbe(1e9)).toBe(true);
  });

  it('forgets failures that are too old', () => {
    const trip = ratioTrip({ minCalls: 3, windowMs: 1000 });
    repeat(2, () => trip.onFailure(0));
    expect(trip.onFailure(1000)).toBe(false);
  });

  it('never opens on a good call', () => {
    const trip = ratioTrip({ minCalls: 3 });
    repeat(2, () => trip.onFailure(0));
    expect(trip.onSuccess(1, 0)).toBe(false);
    expect(trip.onFailure(0)).toBe(true);

    const slow = ratioTrip({ minCalls: 5, slowRatio: 0.8, slowCallMs: 100 });
    repeat(4, () => slow.onSuccess(100, 0));
    expect(slow.onSuccess(1, 0)).toBe(false);
  });

  it('does not take a slow answer for recovery', () => {
    const trip = ratioTrip({ slowCallMs: 100 });
    expect([trip.acceptsProbe(99), trip.acceptsProbe(100)]).toEqual([true, false]);
  });

  it('forgets everything when reset', () => {
    const trip = ratioTrip({ minCalls: 2 });
    trip.onFailure(0);
    trip.reset();
    expect(trip.onFailure(0)).toBe(false);
  });

  it('names what is wrong with an option', () => {
    expect(() => ratioTrip({ failureRatio: 0 })).toThrow(
      /^failureRatio must be a number from .* to 1, got 0$/,
    );
    expect(() => ratioTrip({ slowRatio: 1.1 })).toThrow(/^slowRatio must be/);
    expect(() => ratioTrip({ maxCalls: 10, minCalls: 11 })).toThrow(
      new RangeError('minCalls must be a whole number from 1 to 10, got 11'),
    );
  });
});

describe('tripping on failures in a row (B1)', () => {
  it('opens after that many failures without a success between them', () => {
    const trip = consecutiveTrip({ maxFailures: 3 });
    repeat(2, () => trip.onFailure(0));
    trip.onSuccess(1, 0);
    expect(repeat(2, () => trip.onFailure(0))).toBe(false);
    expect(trip.onFailure(0)).toBe(true);
    trip.reset();
    expect(trip.onFailure(0)).toBe(false);
  });
});
