import { getRedisServiceToken, type RedisService } from '@holdfast/redis';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { RedisProbe } from './probe/redis-probe.js';
import { judge, type Verdict } from './probe/verdict.js';
import { MODULE_OPTIONS_TOKEN } from './redis-health.module-definition.js';
import { answerBudgetMs, type RedisCheckOptions, resolveCheckOptions } from './redis-health.options.js';
import { reportHealth } from './report/health-report.js';

/**
 * Tells Terminus how Redis is: `up`, `degraded` or `down`.
 *
 * A check opens no connection and answers within 30 ms in every state: at once while there is no connection,
 * and otherwise after at most 30 ms of waiting for a PING. A Redis that is late is judged by what is known of
 * it: `up` when its last answer took about that long too, else `degraded`, and `down` once it has been
 * silent for `timeout`. However often it is asked, at most one PING and one INFO are under way.
 */
@Injectable()
export class RedisHealthIndicator {
  readonly #health: HealthIndicatorService;
  readonly #modules: ModuleRef;
  readonly #defaults: RedisCheckOptions;
  readonly #probes = new Map<string | undefined, RedisProbe>();

  constructor(
    @Inject(HealthIndicatorService) health: HealthIndicatorService,
    @Inject(ModuleRef) modules: ModuleRef,
    @Optional() @Inject(MODULE_OPTIONS_TOKEN) defaults: RedisCheckOptions | null,
  ) {
    this.#health = health;
    this.#modules = modules;
    this.#defaults = defaults ?? {};
    resolveCheckOptions(this.#defaults, {});
  }

  /**
   * The detailed check: beside the verdict it tells role, version, memory and clients of the server, with the
   * age of that knowledge, and the state of every connection. What it tells holds no password.
   *
   * @param key name of the result
   * @returns `degraded` also when Redis answers but another connection of this process is not usable
   * @throws {RangeError} for options outside of their range
   */
  async isHealthy<const Key extends string>(
    key: Key,
    options: RedisCheckOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const { timeoutMs, whenDown, connection } = resolveCheckOptions(this.#defaults, options);
    const probe = this.#probe(connection);
    const sighting = await probe.look({ waitMs: Math.min(answerBudgetMs, timeoutMs), details: true });
    const verdict = judge(sighting, { timeoutMs, whenDown });
    return this.#result(key, verdict, reportHealth(sighting, verdict));
  }

  /**
   * The quick check: one PING, and the verdict alone. The one to ask for readiness.
   *
   * @param key name of the result
   * @throws {RangeError} for options outside of their range
   */
  async pingCheck<const Key extends string>(
    key: Key,
    options: RedisCheckOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const { timeoutMs, whenDown, connection } = resolveCheckOptions(this.#defaults, options);
    const probe = this.#probe(connection);
    const sighting = await probe.look({ waitMs: Math.min(answerBudgetMs, timeoutMs), details: false });
    const verdict = judge(sighting, { timeoutMs, whenDown });
    const { latencyMs: latency } = sighting;
    return this.#result(key, verdict, {
      ...(verdict.message === undefined ? {} : { message: verdict.message }),
      ...(latency === undefined ? {} : { latency }),
    });
  }

  #result<Key extends string>(
    key: Key,
    { status }: Verdict,
    data: Record<string, unknown>,
  ): HealthIndicatorResult<Key> {
    const session = this.#health.check(key);
    switch (status) {
      case 'up':
        return session.up(data);
      case 'degraded':
        return session.degraded(data);
      case 'down':
        return session.down(data);
    }
  }

  #probe(connection: string | undefined): RedisProbe {
    let probe = this.#probes.get(connection);
    if (probe === undefined) {
      probe = new RedisProbe(this.#redis(connection), () => performance.now());
      this.#probes.set(connection, probe);
    }
    return probe;
  }

  #redis(connection: string | undefined): RedisService {
    try {
      return this.#modules.get<RedisService>(getRedisServiceToken(connection), { strict: false });
    } catch (cause) {
      const call = connection === undefined ? 'forRoot()' : `forRoot({ name: '${connection}' })`;
      throw new Error(`There is no such Redis connection to check: import RedisModule.${call}.`, { cause });
    }
  }
}
