import { type CommandEvent, redisChannels } from '@holdfast/redis';
import { BoundedLabel } from '../series/bounded-label.js';
import type { DurationHistogram, Durations } from '../series/duration-histogram.js';
import type { MetricsInstrument, ObservedRedis } from './instrument.js';

const labelNames = [
  'db_system_name', 'registration', 'db_operation_name', 'result', 'error_type', 'outcome',
] as const; // prettier-ignore

type Histogram = DurationHistogram<(typeof labelNames)[number]>;

/** Kinds of errors that keep their names; scripts may invent any number of them. */
const maxErrorTypes = 50;
/** Combinations of operation and error that are kept apart. */
const maxFailures = 200;
/** OpenTelemetry's name for an error that has none of its own. */
const otherError = '_OTHER';

/** Calls of `RedisService`: how many, how long they took, and what became of them. */
export const commandInstrument: MetricsInstrument = ({ series, services, durationBuckets }) => {
  const histogram = series.durations({
    name: 'db_client_operation_duration_seconds',
    help: 'Time from the call of a command to its end, repetitions included.',
    labelNames,
    buckets: durationBuckets,
  });
  const observers = new Map(
    services.map((service) => [service.redis.circuitBreaker, new CallObserver(service, histogram)]),
  );
  series.listen<CommandEvent>(redisChannels.command, (event) =>
    observers.get(event.circuitBreaker)?.observe(event),
  );
};

/** Finds the durations of a call without putting its labels together each time. */
class CallObserver {
  readonly #service: ObservedRedis;
  readonly #histogram: Histogram;
  readonly #successes = new Map<string, Durations>();
  readonly #failures = new Map<string, Durations>();
  readonly #errorTypes = new BoundedLabel({ maxValues: maxErrorTypes, overflow: otherError });

  constructor(service: ObservedRedis, histogram: Histogram) {
    this.#service = service;
    this.#histogram = histogram;
  }

  observe(event: CommandEvent): void {
    const durations = event.result === 'success' ? this.#successesOf(event.command) : this.#failuresOf(event);
    durations.record(event.durationMs / 1000);
  }

  #successesOf(command: string): Durations {
    const known = this.#successes.get(command);
    if (known !== undefined) return known;
    const operation = this.#service.operations.of(command);
    const durations = this.#durations(operation, 'success', '', '');
    // Commands that share a name are looked up by it, so that this map stays small too.
    if (operation === command) this.#successes.set(command, durations);
    return durations;
  }

  #failuresOf(event: CommandEvent): Durations {
    const { result } = event;
    const operation = this.#service.operations.of(event.command);
    const type = event.error === undefined ? '' : this.#errorTypes.of(event.error);
    const outcome = event.outcome ?? '';
    const key = `${operation} ${result} ${type} ${outcome}`;
    const known = this.#failures.get(key);
    if (known !== undefined) return known;
    if (this.#failures.size >= maxFailures) {
      return this.#durations(operation, result, type && otherError, outcome);
    }
    const durations = this.#durations(operation, result, type, outcome);
    this.#failures.set(key, durations);
    return durations;
  }

  #durations(operation: string, result: string, errorType: string, outcome: string): Durations {
    return this.#histogram.of({
      db_system_name: 'redis',
      registration: this.#service.registration,
      db_operation_name: operation,
      result,
      error_type: errorType,
      outcome,
    });
  }
}
