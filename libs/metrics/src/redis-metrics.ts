import { getRedisServiceToken, type RedisService } from '@holdfast/redis';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { collectDefaultMetrics, Registry, type RegistryContentType } from 'prom-client';
import { builtInInstruments } from './instruments/built-in-instruments.js';
import type { ObservedRedis } from './instruments/instrument.js';
import { METRICS_OPTIONS } from './redis-metrics.tokens.js';
import { type RedisMetricsOptions, resolveMetricsOptions } from './redis-metrics.options.js';
import { BoundedLabel } from './series/bounded-label.js';
import { SeriesSet } from './series/series-set.js';

/**
 * The series of an application. They are there from `onModuleInit` on until it has closed. A scrape reads
 * what is known: it sends nothing to Redis, opens no connection, and waits for nobody.
 */
@Injectable()
export class RedisMetrics implements OnModuleInit, OnApplicationShutdown {
  /** Where the series are registered: add your own, or merge it into another. */
  readonly registry: Registry<RegistryContentType>;
  readonly #options: ReturnType<typeof resolveMetricsOptions>;
  readonly #modules: ModuleRef;
  readonly #series: SeriesSet;

  constructor(@Inject(METRICS_OPTIONS) options: RedisMetricsOptions, @Inject(ModuleRef) modules: ModuleRef) {
    this.#options = resolveMetricsOptions(options);
    this.#modules = modules;
    this.registry = options.registry ?? new Registry();
    this.#series = new SeriesSet(this.registry, this.#options.prefix);
  }

  /** MIME type of what {@link scrape} resolves with. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** Full names of the series of this module, those of prom-client's default metrics not among them. */
  get names(): readonly string[] {
    return this.#series.names;
  }

  /** Everything in the registry, as Prometheus reads it. */
  scrape(): Promise<string> {
    return this.registry.metrics();
  }

  /** @throws {Error} when there is no such registration, or the registry has a series of that name */
  onModuleInit(): void {
    const { registrations, durationBuckets, instruments, defaultMetrics } = this.#options;
    const services = registrations.map((registration) => this.#observe(registration));
    const series = this.#series;
    try {
      for (const instrument of [...builtInInstruments, ...instruments]) {
        instrument({ series, services, durationBuckets });
      }
      if (defaultMetrics) this.#collectDefaultMetrics();
    } catch (error) {
      series.close();
      throw error;
    }
  }

  onApplicationShutdown(): void {
    this.#series.close();
  }

  #observe(registration: string): ObservedRedis {
    const { maxOperations: maxValues } = this.#options;
    const operations = new BoundedLabel({ maxValues, overflow: 'other' });
    const name = registration === 'default' ? undefined : registration;
    try {
      const redis = this.#modules.get<RedisService>(getRedisServiceToken(name), { strict: false });
      return { registration, redis, operations };
    } catch (cause) {
      const call = name === undefined ? 'forRoot()' : `forRoot({ name: '${name}' })`;
      const message = `There is no Redis connection "${registration}" to show: import RedisModule.${call}, or name others in RedisMetricsModule.forRoot({ registrations }).`;
      throw new Error(message, { cause });
    }
  }

  #collectDefaultMetrics(): void {
    const names = (): string[] => this.registry.getMetricsAsArray().map(({ name }) => name);
    const before = new Set(names());
    collectDefaultMetrics({ register: this.registry, prefix: this.#options.prefix });
    const added = names().filter((name) => !before.has(name));
    this.#series.onClose(() => added.forEach((name) => this.registry.removeSingleMetric(name)));
  }
}
