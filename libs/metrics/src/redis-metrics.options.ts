import { type Registry, type RegistryContentType, validateMetricName } from 'prom-client';
import type { MetricsInstrument } from './instruments/instrument.js';

/** What is shown, and where. */
export interface RedisMetricsOptions {
  /**
   * Where the series are registered, for an application that has a registry already. They are taken out of it
   * when the application closes; the rest stays.
   *
   * @default one of its own
   */
  registry?: Registry<RegistryContentType>;
  /**
   * Put before the name of every series, `db_client_…` included.
   *
   * @default ''
   */
  prefix?: string;
  /**
   * Which connections to show, as named in `RedisModule.forRoot({ name })`; `default` is the one without a
   * name. The names are the values of the label `registration`.
   *
   * @default ['default']
   */
  registrations?: readonly string[];
  /**
   * Also show what prom-client knows of process and runtime. Its observer of the garbage collector stays until
   * the process ends.
   *
   * @default false
   */
  defaultMetrics?: boolean;
  /**
   * Upper bounds of `db_client_operation_duration_seconds` in seconds, ascending.
   *
   * @default those of OpenTelemetry, and 0.25, 0.5 and 2.5 ms beside them
   */
  durationBuckets?: readonly number[];
  /**
   * How many names of operations are kept apart, by registration; calls of all further ones are counted as
   * `other`. From 1 to 500.
   *
   * @default 200
   */
  maxOperations?: number;
  /**
   * Series beside those of this package.
   *
   * @default []
   */
  instruments?: readonly MetricsInstrument[];
}

/** What the code reads: complete and frozen. */
export type ResolvedRedisMetricsOptions = Readonly<Required<Omit<RedisMetricsOptions, 'registry'>>>;

/** The boundaries that OpenTelemetry wants are all among them; Redis needs some below and between. */
const defaultBuckets = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

const maxOperationsLimit = 500;

/**
 * Fills in what is missing.
 *
 * @throws {RangeError} naming option, value and what is accepted
 */
export function resolveMetricsOptions(options: RedisMetricsOptions): ResolvedRedisMetricsOptions {
  const prefix = options.prefix ?? '';
  const registrations = options.registrations ?? ['default'];
  const durationBuckets = options.durationBuckets ?? defaultBuckets;
  const maxOperations = options.maxOperations ?? 200;
  if (prefix !== '' && !validateMetricName(prefix)) {
    throw new RangeError(`prefix = ${prefix}: accepted are letters, digits, _ and :, not a digit first`);
  }
  if (registrations.length === 0 || new Set(registrations).size < registrations.length) {
    throw new RangeError(`registrations = ${registrations.join()}: accepted are names, each once`);
  }
  const isAscending = durationBuckets.every((bound, index) => bound > (durationBuckets[index - 1] ?? 0));
  if (durationBuckets.length === 0 || !isAscending || !durationBuckets.every(Number.isFinite)) {
    throw new RangeError(`durationBuckets = ${durationBuckets.join()}: accepted are seconds above 0, ascending`);
  }
  if (!(Number.isInteger(maxOperations) && maxOperations >= 1 && maxOperations <= maxOperationsLimit)) {
    throw new RangeError(`maxOperations = ${maxOperations}: accepted is 1 to ${maxOperationsLimit}`);
  }
  return Object.freeze({
    prefix,
    registrations,
    durationBuckets,
    maxOperations,
    defaultMetrics: options.defaultMetrics ?? false,
    instruments: options.instruments ?? [],
  });
} // prettier-ignore
