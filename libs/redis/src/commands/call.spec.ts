import { ManualClock } from '@holdfast/resilience';
import * as fc from 'fast-check';
import { type CommandEvent, redisChannels } from '../diagnostics/channels.js';
import { RedisError } from '../errors/redis-error.js';
import { type Call, CallTelemetry } from './call.js';
import { RedisCircuitBreaker } from './circuit.js';

describe('B1 telemetry of calls', () => {
  let clock: ManualClock;
  let circuit: RedisCircuitBreaker;
  let telemetry: CallTelemetry;
  let call: Call;
  let events: CommandEvent[];
  const listen = (event: unknown): void => void events.push(event as CommandEvent);

  const refused = new RedisError({ code: 'REDIS_UNAVAILABLE', outcome: 'not-sent', kind: 'ECONNREFUSED', message: 'GET hunter2 failed' }); // prettier-ignore
  const timeout = new RedisError({ code: 'REDIS_TIMEOUT', outcome: 'unknown', message: 'GET timed out' });

  beforeEach(() => {
    clock = new ManualClock(1_000);
    events = [];
    circuit = new RedisCircuitBreaker(
      {
        breakerFailureRatio: 0.5,
        breakerSlowCallMs: 100,
        breakerMinCalls: 20,
        breakerWindowMs: 1_000,
        breakerOpenMs: 250,
        clock,
      },
      () => undefined,
    );
    telemetry = new CallTelemetry('app:shared', circuit, () => clock.now());
    call = {
      operation: { name: 'get', label: 'redis-get', recorder: circuit.recorder('redis-get') },
      args: ['key-hunter2', Buffer.from('value-hunter2')],
      options: { timeoutMs: 123 },
      startedAt: 1_000,
      attempt: 0,
      mayHaveRun: false,
      fromMemory: false,
    };
    redisChannels.command.subscribe(listen);
  });
  afterEach(() => redisChannels.command.unsubscribe(listen));

  const ends: ReadonlyArray<[end: string, run: () => void, counts: object, event: object]> = [
    ['an answer', () => telemetry.succeeded(call, 5), { successes: 1 }, { result: 'success' }],
    ['a failure', () => telemetry.failed(call, refused, false), { failures: 1 }, { result: 'error', error: 'ECONNREFUSED', outcome: 'not-sent' }],
    ['a failure that memory answers', () => telemetry.failed(call, refused, true), { failures: 1, fallbacks: 1 }, { result: 'fallback', error: 'ECONNREFUSED', outcome: 'not-sent' }],
    ['a time-out', () => telemetry.failed(call, timeout, false), { failures: 1, timeouts: 1 }, { result: 'timeout', error: 'REDIS_TIMEOUT', outcome: 'unknown' }],
    ['a time-out that memory answers', () => telemetry.failed(call, timeout, true), { failures: 1, timeouts: 1, fallbacks: 1 }, { result: 'fallback', error: 'REDIS_TIMEOUT', outcome: 'unknown' }],
    ['a refusal', () => telemetry.rejected(call, refused, false), { rejects: 1 }, { result: 'reject', error: 'ECONNREFUSED', outcome: 'not-sent' }],
    ['a refusal that memory answers', () => telemetry.rejected(call, refused, true), { rejects: 1, fallbacks: 1 }, { result: 'fallback', error: 'ECONNREFUSED', outcome: 'not-sent' }],
    ['an answer of memory that is ahead', () => telemetry.answeredFromMemory(call), { rejects: 1, fallbacks: 1 }, { result: 'fallback' }],
  ]; // prettier-ignore

  it.each(ends)(
    '%s is counted once, and told with nothing of its keys and values',
    (_, run, counts, event) => {
      clock.advance(5);
      run();
      expect(circuit.getMetrics('redis-get')).toMatchObject({
      requests: 1, successes: 0, failures: 0, rejects: 0, timeouts: 0, fallbacks: 0, ...counts,
    }); // prettier-ignore
      expect(events).toEqual([
        {
          operation: 'redis-get',
          command: 'get',
          connection: 'app:shared',
          circuitBreaker: circuit,
          durationMs: 5,
          ...event,
        },
      ]);
      expect(JSON.stringify({ ...events[0], circuitBreaker: undefined })).not.toContain('hunter2');
    },
  );

  it('takes the latency of calls that were made, and of no others', () => {
    clock.advance(40);
    telemetry.failed(call, timeout, false);
    telemetry.succeeded(call, 20);
    clock.advance(1_000);
    telemetry.rejected(call, refused, true);
    telemetry.answeredFromMemory(call);
    expect(circuit.getMetrics('redis-get')?.latency.max).toBe(40);
  });

  it('adds up: every call is an answer, a failure or a refusal', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(ends.length - 1), { maxLength: 50 }), (picks) => {
        const before = circuit.getMetrics('redis-get')?.requests ?? 0;
        events = [];
        for (const pick of picks) ends[pick]?.[1]();
        const metrics = circuit.getMetrics('redis-get');
        const { requests = 0, successes = 0, failures = 0, rejects = 0, timeouts = 0, fallbacks = 0 } = metrics ?? {}; // prettier-ignore
        expect(requests - before).toBe(picks.length);
        expect(successes + failures + rejects).toBe(requests);
        expect(timeouts).toBeLessThanOrEqual(failures);
        expect(fallbacks).toBeLessThanOrEqual(failures + rejects);
        expect(events).toHaveLength(picks.length);
      }),
    );
  });

  it('counts also while nobody listens', () => {
    redisChannels.command.unsubscribe(listen);
    for (const [, run] of ends) run();
    expect(circuit.getMetrics('redis-get')).toMatchObject({ requests: 8, timeouts: 2, fallbacks: 4 });
    expect(events).toEqual([]);
  });
});
