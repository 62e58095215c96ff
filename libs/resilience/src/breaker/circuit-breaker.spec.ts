import { constantBackoff } from '../backoff/constant-backoff.js';
import { proportionalBackoff } from '../backoff/proportional-backoff.js';
import { ManualClock } from '../clock/manual-clock.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { CircuitBreakerOptions } from './circuit-breaker.options.js';
import { consecutiveTrip } from './consecutive-trip.js';
import { ratioTrip } from './ratio-trip.js';

const OPEN_MS = 1000;
const PROBE_MS = 200;

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock(10_000);
});

function breakerWith(options: CircuitBreakerOptions = {}): CircuitBreaker {
  return new CircuitBreaker({
    trip: consecutiveTrip({ maxFailures: 3 }),
    openTime: constantBackoff(OPEN_MS),
    probeTimeoutMs: PROBE_MS,
    clock,
    ...options,
  });
}

function trip(breaker: CircuitBreaker): void {
  while (breaker.state.kind === 'closed') breaker.tryAcquire()!.failure();
}

/** A breaker that has tripped and whose open time is over. */
function dueBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const breaker = breakerWith(options);
  trip(breaker);
  clock.advance(OPEN_MS);
  return breaker;
}

function changesOf(breaker: CircuitBreaker): string[] {
  const changes: string[] = [];
  breaker.onStateChange(({ from, to, reason }) => changes.push(`${from.kind} > ${to.kind}: ${reason}`));
  return changes;
}

describe('a closed circuit (B1)', () => {
  it('lets calls through and trips when its strategy says so', () => {
    const breaker = breakerWith();
    const changes = changesOf(breaker);
    for (let call = 0; call < 3; call++) {
      expect(breaker.state).toEqual({ kind: 'closed' });
      breaker.tryAcquire()!.failure();
    }
    expect(breaker.state).toEqual({ kind: 'open', until: 10_000 + OPEN_MS });
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(changes).toEqual(['closed > open: tripped']);
  });

  it('trips on slow calls', () => {
    const breaker = breakerWith({ trip: ratioTrip({ slowCallMs: 50, minCalls: 5 }) });
    for (let call = 0; call < 5; call++) breaker.tryAcquire()!.success(50);
    expect(breaker.state.kind).toBe('open');
  });

  it('learns nothing from a call that is ignored', () => {
    const breaker = breakerWith();
    for (let call = 0; call < 10; call++) breaker.tryAcquire()!.ignore();
    expect(breaker.state.kind).toBe('closed');
  });

  it('does not count results of calls made before it was last closed', () => {
    const breaker = breakerWith();
    const old = Array.from({ length: 10 }, () => breaker.tryAcquire()!);
    trip(breaker);
    breaker.reset();

    for (const permit of old) permit.failure();

    expect(breaker.state.kind).toBe('closed');
  });

  it('starts counting afresh each time it closes', () => {
    const breaker = breakerWith({ maxProbes: 1 });
    trip(breaker);
    clock.advance(OPEN_MS);
    breaker.tryAcquire()!.success(1);
    breaker.tryAcquire()!.failure();
    breaker.tryAcquire()!.failure();
    expect(breaker.state.kind).toBe('closed');
  });
});

describe('an open circuit (B1)', () => {
  it('refuses every call until its time is over', () => {
    const breaker = breakerWith();
    trip(breaker);
    clock.advance(OPEN_MS - 1);
    expect(breaker.tryAcquire()).toBeUndefined();
    clock.advance(1);
    expect(breaker.tryAcquire()).toBeDefined();
  });

  it('is not touched by results that come late', () => {
    const breaker = breakerWith();
    const permit = breaker.tryAcquire()!;
    trip(breaker);
    const changes = changesOf(breaker);
    permit.success(1);
    permit.failure();
    expect(breaker.state.kind).toBe('open');
    expect(changes).toEqual([]);
  });

  it('stays open longer after each failed probe, and the first time again after it was closed', () => {
    const breaker = breakerWith({
      openTime: proportionalBackoff({ minDelayMs: 100, maxDelayMs: 350, jitterRatio: 0 }),
    });
    const openFor = () => (breaker.state.kind === 'open' ? breaker.state.until - clock.now() : undefined);
    trip(breaker);
    const lengths = [openFor()];
    for (let probe = 0; probe < 3; probe++) {
      clock.advance(openFor()!);
      breaker.tryAcquire()!.failure();
      lengths.push(openFor());
    }
    expect(lengths).toEqual([100, 200, 350, 350]);

    clock.advance(350);
    breaker.tryAcquire()!.success(1);
    trip(breaker);
    expect(openFor()).toBe(100);
  });
});

describe('a half-open circuit (B1)', () => {
  it('lets a limited number of probes through and refuses the rest at once', () => {
    const breaker = dueBreaker({ maxProbes: 2 });
    expect(breaker.tryAcquire()).toBeDefined();
    expect(breaker.tryAcquire()).toBeDefined();
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(breaker.state).toEqual({ kind: 'half-open', probes: 2 });
  });

  it('closes when the probe succeeds', () => {
    const breaker = dueBreaker();
    const changes = changesOf(breaker);
    breaker.tryAcquire()!.success(1);
    expect(breaker.state).toEqual({ kind: 'closed' });
    expect(changes).toEqual(['open > half-open: probe-due', 'half-open > closed: probe-succeeded']);
  });

  it('waits for as many successes as it was told', () => {
    const breaker = dueBreaker({ successesToClose: 3 });
    for (let probe = 0; probe < 3; probe++) {
      expect(breaker.state.kind).not.toBe('closed');
      breaker.tryAcquire()!.success(1);
    }
    expect(breaker.state.kind).toBe('closed');
  });

  it('opens again when a probe fails, and forgets the successes before it', () => {
    const breaker = dueBreaker({ successesToClose: 2 });
    breaker.tryAcquire()!.success(1);
    breaker.tryAcquire()!.failure();
    expect(breaker.state).toEqual({ kind: 'open', until: clock.now() + OPEN_MS });
    clock.advance(OPEN_MS);
    breaker.tryAcquire()!.success(1);
    expect(breaker.state.kind).toBe('half-open');
  });

  it('opens again when the probe is answered slowly', () => {
    const breaker = breakerWith({ trip: ratioTrip({ slowCallMs: 50, minCalls: 1 }) });
    trip(breaker);
    clock.advance(OPEN_MS);
    breaker.tryAcquire()!.success(50);
    expect(breaker.state.kind).toBe('open');
  });

  it('refuses others while a probe hangs and opens again at its deadline', () => {
    const breaker = dueBreaker();
    const changes = changesOf(breaker);
    breaker.tryAcquire();
    clock.advance(PROBE_MS - 1);
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(breaker.state.kind).toBe('half-open');

    clock.advance(1);
    expect(breaker.tryAcquire()).toBeUndefined();
    expect(breaker.state).toEqual({ kind: 'open', until: clock.now() + OPEN_MS });
    expect(changes.at(-1)).toBe('half-open > open: probe-timed-out');
  });

  it('counts the open time from the deadline of the hung probe, even when nobody called meanwhile', () => {
    const breaker = dueBreaker();
    breaker.tryAcquire();
    clock.advance(PROBE_MS + OPEN_MS);
    expect(breaker.tryAcquire()).toBeDefined();
    expect(breaker.state).toEqual({ kind: 'half-open', probes: 1 });
  });

  it('takes the answer of a probe after its deadline for a failure', () => {
    const breaker = dueBreaker();
    const probe = breaker.tryAcquire()!;
    clock.advance(PROBE_MS);
    probe.success(PROBE_MS);
    expect(breaker.state.kind).toBe('open');
  });

  it('ignores what an earlier half-open period still has to say', () => {
    const breaker = dueBreaker({ maxProbes: 2 });
    const failing = breaker.tryAcquire()!;
    const late = breaker.tryAcquire()!;
    failing.failure();
    clock.advance(OPEN_MS);
    breaker.tryAcquire();

    late.success(1);
    expect(breaker.state).toEqual({ kind: 'half-open', probes: 1 });
    late.failure();
    expect(breaker.state.kind).toBe('half-open');
  });

  it('counts each probe once', () => {
    const breaker = dueBreaker({ successesToClose: 2 });
    const probe = breaker.tryAcquire()!;
    probe.success(1);
    probe.success(1);
    probe.failure();
    expect(breaker.state).toEqual({ kind: 'half-open', probes: 0 });
  });

  it('gives the place of an ignored probe to the next', () => {
    const breaker = dueBreaker();
    breaker.tryAcquire()!.ignore();
    expect(breaker.state).toEqual({ kind: 'half-open', probes: 0 });
    expect(breaker.tryAcquire()).toBeDefined();
  });
});

describe('external probing (B1)', () => {
  const external = (options: CircuitBreakerOptions = {}) =>
    dueBreaker({ probing: 'external', successesToClose: 2, ...options });

  it("never uses a user's call as a probe", () => {
    const breaker = external();
    expect(breaker.tryAcquire()).toBeUndefined();
    breaker.reportProbe(true);
    expect(breaker.state.kind).toBe('half-open');
    expect(breaker.tryAcquire()).toBeUndefined();
  });

  it('closes after as many successful probes as it was told', () => {
    const breaker = external();
    const changes = changesOf(breaker);
    breaker.reportProbe(true);
    breaker.reportProbe(true);
    expect(breaker.tryAcquire()).toBeDefined();
    expect(changes).toEqual(['open > half-open: probe-due', 'half-open > closed: probe-succeeded']);
  });

  it('opens again when a probe fails or is slow', () => {
    const breaker = external({ trip: ratioTrip({ slowCallMs: 50, minCalls: 1 }) });
    breaker.reportProbe(true, 1);
    breaker.reportProbe(false);
    expect(breaker.state).toEqual({ kind: 'open', until: clock.now() + OPEN_MS });
    clock.advance(OPEN_MS);
    breaker.reportProbe(true, 1);
    breaker.reportProbe(true, 50);
    expect(breaker.state.kind).toBe('open');
  });

  it('does not close before the open time is over', () => {
    const breaker = breakerWith({ probing: 'external' });
    trip(breaker);
    clock.advance(OPEN_MS - 1);
    breaker.reportProbe(true);
    expect(breaker.state.kind).toBe('open');
    clock.advance(1);
    breaker.reportProbe(true);
    expect(breaker.state.kind).toBe('closed');
  });

  it('keeps quiet while probes go on failing, and waits longer', () => {
    const breaker = external({ openTime: proportionalBackoff({ minDelayMs: 1000, jitterRatio: 0 }) });
    const changes = changesOf(breaker);
    breaker.reportProbe(false);
    expect(changes).toEqual([]);
    expect(breaker.state).toEqual({ kind: 'open', until: clock.now() + 2000 });
  });

  it('has no effect while closed or isolated, or where calls are the probes', () => {
    const closed = breakerWith({ probing: 'external', trip: consecutiveTrip({ maxFailures: 1 }) });
    closed.reportProbe(false);
    expect(closed.state.kind).toBe('closed');
    closed.isolate();
    closed.reportProbe(true);
    expect(closed.state.kind).toBe('isolated');
    const byCalls = dueBreaker();
    byCalls.reportProbe(true);
    expect(byCalls.state.kind).toBe('open');
  });
});

describe('isolating and resetting a circuit (B1)', () => {
  it('refuses everything until it is reset', () => {
    const breaker = breakerWith();
    const changes = changesOf(breaker);
    breaker.isolate();
    breaker.isolate();
    clock.advance(1e9);
    expect(breaker.tryAcquire()).toBeUndefined();
    breaker.reset();
    expect(breaker.tryAcquire()).toBeDefined();
    expect(changes).toEqual(['closed > isolated: isolated', 'isolated > closed: reset']);
  });

  it('closes an open circuit and forgets its failures', () => {
    const breaker = breakerWith();
    trip(breaker);
    breaker.reset();
    breaker.tryAcquire()!.failure();
    expect(breaker.state.kind).toBe('closed');
  });

  it('stays consistent when a listener resets it while it changes', () => {
    const breaker = breakerWith();
    breaker.onStateChange(({ to }) => {
      if (to.kind === 'half-open') breaker.reset();
    });
    trip(breaker);
    clock.advance(OPEN_MS);
    expect(breaker.tryAcquire()).toBeDefined();
    expect(breaker.state.kind).toBe('closed');
  });

  it('stays isolated when a listener isolates it at the first good probe', () => {
    const breaker = dueBreaker({ probing: 'external' });
    breaker.onStateChange(({ to }) => {
      if (to.kind === 'half-open') breaker.isolate();
    });
    breaker.reportProbe(true);
    expect(breaker.state.kind).toBe('isolated');
  });

  it('tells a listener nothing more once it is removed', () => {
    const breaker = breakerWith();
    const listener = jest.fn();
    breaker.onStateChange(listener)();
    trip(breaker);
    expect(listener).not.toHaveBeenCalled();
  });
});
it('names what is wrong with an option of the breaker', () => {
  expect(() => new CircuitBreaker({ maxProbes: 0 })).toThrow(
    new RangeError('maxProbes must be a whole number of at least 1, got 0'),
  );
  expect(() => new CircuitBreaker({ probeTimeoutMs: -5 })).toThrow(
    'probeTimeoutMs must be a number of at least 1, got -5',
  );
  expect(() => new CircuitBreaker({ successesToClose: 0.5 })).toThrow(RangeError);
  expect(() => new CircuitBreaker({ probing: 'never' as 'calls' })).toThrow(
    new RangeError('probing must be "calls" or "external", got "never"'),
  );
  expect(() => new CircuitBreaker({ isFailure: true as never })).toThrow(TypeError);
});
