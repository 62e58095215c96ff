import { ManualClock } from '@holdfast/resilience';
import { RedisCircuitBreaker } from './circuit.js';

describe('B1 the circuit breaker before a connection', () => {
  let clock: ManualClock;
  let changes: string[];
  let circuit: RedisCircuitBreaker;

  beforeEach(() => {
    clock = new ManualClock(1_000);
    changes = [];
    circuit = new RedisCircuitBreaker(
      {
        breakerFailureRatio: 0.5,
        breakerSlowCallMs: 100,
        breakerMinCalls: 4,
        breakerWindowMs: 1_000,
        breakerOpenMs: 250,
        clock,
      },
      ({ from, to }) => changes.push(`${from.kind}>${to.kind}`),
    );
  });

  const fail = (times: number): void => {
    for (let call = 0; call < times; call++) circuit.tryAcquire()?.failure(clock.now());
  };
  const answer = (durationMs: number): void => circuit.tryAcquire()?.success(durationMs, clock.now());

  it('opens when too many calls fail, and refuses the next', () => {
    fail(3);
    expect(circuit.state).toBe('closed');
    fail(1);
    expect(circuit.state).toBe('open');
    expect(circuit.tryAcquire()).toBeUndefined();
    expect(changes).toEqual(['closed>open']);
  });

  it('opens when most calls are slow', () => {
    for (let call = 0; call < 4; call++) answer(99);
    expect(circuit.state).toBe('closed');
    for (let call = 0; call < 16; call++) answer(100);
    expect(circuit.state).toBe('open');
  });

  it('forgets failures after the window, and counts none of what says nothing about Redis', () => {
    fail(3);
    clock.advance(2_000);
    fail(3);
    for (let call = 0; call < 10; call++) circuit.tryAcquire()?.ignore();
    expect(circuit.state).toBe('closed');
  });

  it('lets no call probe: only a PING that was answered in time closes it', () => {
    fail(4);
    circuit.reportProbe(true, 1);
    expect(circuit.state).toBe('open');
    clock.advance(250);
    expect(circuit.tryAcquire()).toBeUndefined();
    circuit.reportProbe(true, 100);
    expect(circuit.state).toBe('open');
    clock.advance(1_000);
    circuit.reportProbe(false, 1);
    expect(circuit.state).toBe('open');
    clock.advance(1_000);
    circuit.reportProbe(true, 1);
    expect(circuit.state).toBe('closed');
    expect(changes).toEqual(['closed>open', 'open>half-open', 'half-open>closed']);
  });

  it('is closed and forgets failures when the connection was made anew', () => {
    fail(4);
    circuit.renew();
    expect(circuit.state).toBe('closed');
    fail(3);
    circuit.renew();
    fail(3);
    expect(circuit.state).toBe('closed');
  });

  it('stays isolated until reset, also when the connection was made anew or PING is answered', () => {
    circuit.isolate();
    circuit.renew();
    clock.advance(60_000);
    circuit.reportProbe(true, 1);
    expect(circuit.state).toBe('isolated');
    expect(circuit.tryAcquire()).toBeUndefined();
    circuit.reset();
    expect(circuit.tryAcquire()).toBeDefined();
    expect(changes).toEqual(['closed>isolated', 'isolated>closed']);
  });

  it('has metrics by the name of the operation, with its own state', () => {
    circuit.recorder('redis-get').success(5);
    circuit.recorder('redis-get').timeout(10);
    circuit.recorder('redis-set').reject();
    fail(4);
    expect(circuit.getMetrics('redis-get')).toMatchObject({ state: 'open', requests: 2, successes: 1, failures: 1, timeouts: 1, rejects: 0, fallbacks: 0 }); // prettier-ignore
    expect(circuit.getMetrics('redis-del')).toBeUndefined();
    expect(Object.keys(circuit.getAllMetrics())).toEqual(['redis-get', 'redis-set']);
    circuit.reset();
    expect(circuit.getMetrics('redis-get')).toMatchObject({ state: 'closed', requests: 2 });
  });
});
