import { constantBackoff } from '../backoff/constant-backoff.js';
import { ManualClock } from '../clock/manual-clock.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { CircuitBreakerOptions } from './circuit-breaker.options.js';
import { CircuitOpenError } from './circuit-open.error.js';
import { consecutiveTrip } from './consecutive-trip.js';
import { ratioTrip } from './ratio-trip.js';

const OPEN_MS = 1000;

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

function breakerWith(options: CircuitBreakerOptions = {}): CircuitBreaker {
  return new CircuitBreaker({
    trip: consecutiveTrip({ maxFailures: 3 }),
    openTime: constantBackoff(OPEN_MS),
    clock,
    ...options,
  });
}

/** A breaker that has tripped and whose open time is over. */
function dueBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const breaker = breakerWith(options);
  while (breaker.state.kind === 'closed') breaker.tryAcquire()!.failure();
  clock.advance(OPEN_MS);
  return breaker;
}

describe('executing a call (B1)', () => {
  const failing = () => Promise.reject(new Error('ECONNRESET'));

  it('passes result and error on', async () => {
    const breaker = breakerWith();
    await expect(breaker.execute(() => Promise.resolve(1))).resolves.toBe(1);
    await expect(breaker.execute(() => 2)).resolves.toBe(2);
    await expect(breaker.execute(failing)).rejects.toThrow('ECONNRESET');
  });

  it('refuses without making the call when the circuit is open', async () => {
    const breaker = breakerWith();
    for (let call = 0; call < 3; call++) await breaker.execute(failing).catch(() => undefined);
    const call = jest.fn();
    const refused: unknown = await breaker.execute(call).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CircuitOpenError);
    expect(refused).toMatchObject({ code: 'CIRCUIT_OPEN', state: { kind: 'open' } });
    expect(call).not.toHaveBeenCalled();
  });

  it('takes a throw of the call itself for a failure', async () => {
    const breaker = breakerWith();
    const throwing = () => {
      throw new Error('at once');
    };
    for (let call = 0; call < 3; call++) await breaker.execute(throwing).catch(() => undefined);
    expect(breaker.state.kind).toBe('open');
  });

  it('takes errors that are answers for success', async () => {
    const breaker = dueBreaker({ isFailure: (error) => !String(error).includes('WRONGTYPE') });
    await breaker.execute(() => Promise.reject(new Error('WRONGTYPE'))).catch(() => undefined);
    expect(breaker.state.kind).toBe('closed');
  });

  it('learns nothing from a probe that its caller gave up', async () => {
    const breaker = dueBreaker();
    const aborted = Object.assign(new Error('enough'), { name: 'AbortError' });
    await breaker.execute(() => Promise.reject(aborted)).catch(() => undefined);
    expect(breaker.state).toEqual({ kind: 'half-open', probes: 0 });
  });

  it('measures how long the call took', async () => {
    const breaker = breakerWith({ trip: ratioTrip({ slowCallMs: 50, minCalls: 1 }) });
    await breaker.execute(() => clock.advance(49));
    expect(breaker.state.kind).toBe('closed');
    await breaker.execute(() => clock.advance(50));
    await breaker.execute(() => clock.advance(50)).catch(() => undefined);
    await breaker.execute(() => clock.advance(50)).catch(() => undefined);
    await breaker.execute(() => clock.advance(50)).catch(() => undefined);
    expect(breaker.state.kind).toBe('open');
  });
});
