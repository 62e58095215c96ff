import type { Channel } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { RedisEventEmitter, RedisEvents } from '@holdfast/redis';
import { Counter, Gauge, type Metric, type Registry, type RegistryContentType } from 'prom-client';
import { DurationHistogram, type DurationHistogramOptions } from './duration-histogram.js';

/** Says what a series is at the moment of a scrape. Must be quick and ask nobody. */
export type ReadSeries<Label extends string> = (
  set: (labels: Partial<Record<Label, string>>, value: number) => void,
) => void;

export interface SeriesOptions<Label extends string> {
  /** Without the prefix of the module. A counter ends in `_total`, a unit is written out: `_seconds`, `_bytes`. */
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
}

export interface ReadSeriesOptions<Label extends string> extends SeriesOptions<Label> {
  /** Called at each scrape; labels it does not set are not shown. */
  readonly read: ReadSeries<Label>;
}

/** The series that one module made, and what it listens to: all of it ends with {@link close}. */
export class SeriesSet {
  readonly #registry: Registry<RegistryContentType>;
  readonly #prefix: string;
  readonly #names: string[] = [];
  readonly #endings: Array<() => void> = [];

  constructor(registry: Registry<RegistryContentType>, prefix: string) {
    this.#registry = registry;
    this.#prefix = prefix;
  }

  /** Full names of what was made, in that order. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** @throws {Error} when the registry has a series of that name */
  counter<Label extends string>(options: SeriesOptions<Label> | ReadSeriesOptions<Label>): Counter<Label> {
    const read = 'read' in options ? options.read : undefined;
    const counter: Counter<Label> = this.#add(
      options.name,
      new Counter({
        ...this.#configure(options),
        ...(read && {
          collect: () => {
            counter.reset();
            read((labels, value) => counter.inc(labels, value));
          },
        }),
      }),
    );
    return counter;
  }

  /** @throws {Error} when the registry has a series of that name */
  gauge<Label extends string>(options: SeriesOptions<Label> | ReadSeriesOptions<Label>): Gauge<Label> {
    const read = 'read' in options ? options.read : undefined;
    const gauge: Gauge<Label> = this.#add(
      options.name,
      new Gauge({
        ...this.#configure(options),
        ...(read && {
          collect: () => {
            gauge.reset();
            read((labels, value) => gauge.set(labels, value));
          },
        }),
      }),
    );
    return gauge;
  }

  /** @throws {Error} when the registry has a series of that name */
  durations<Label extends string>(options: DurationHistogramOptions<Label>): DurationHistogram<Label> {
    return this.#add(options.name, new DurationHistogram({ ...options, name: this.#prefix + options.name }));
  }

  /** Listens to a diagnostics channel. The listener must not throw: that would end the process. */
  listen<Message>(channel: Channel, listener: (message: Message) => void): void {
    const subscriber = (message: unknown): void => listener(message as Message);
    channel.subscribe(subscriber);
    this.onClose(() => void channel.unsubscribe(subscriber));
  }

  /** Listens to an event of a service. The listener must not throw. */
  follow<Name extends keyof RedisEvents>(
    events: RedisEventEmitter,
    name: Name,
    listener: (...of: RedisEvents[Name]) => void,
  ): void {
    const emitter: EventEmitter = events;
    emitter.on(name, listener as (...of: unknown[]) => void);
    this.onClose(() => emitter.off(name, listener as (...of: unknown[]) => void));
  }

  /** Has something done at the end. */
  onClose(ending: () => void): void {
    this.#endings.push(ending);
  }

  /** Stops listening and takes everything out of the registry. */
  close(): void {
    for (const ending of this.#endings.splice(0)) ending();
    for (const name of this.#names.splice(0)) this.#registry.removeSingleMetric(name);
  }

  #configure<Label extends string>({ name, help, labelNames }: SeriesOptions<Label>) {
    return { name: this.#prefix + name, help, labelNames: [...labelNames], registers: [] };
  }

  #add<Series extends object>(name: string, series: Series): Series {
    this.#registry.registerMetric(series as unknown as Metric);
    this.#names.push(this.#prefix + name);
    return series;
  }
}
