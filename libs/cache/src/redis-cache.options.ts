import { CacheError } from './cache.errors.js';

/** Limits of values that are made by a factory. Each can be given to the module and to every call. */
export interface CachePolicy {
  /** Milliseconds a value is fresh; `Infinity` for ever. @default Infinity */
  ttlMs?: number;
  /**
   * Milliseconds for which a value that is not fresh any more is kept, to be given when the factory fails or is slow.
   * Never for one whose tag was invalidated. @default 0
   */
  graceMs?: number;
  /**
   * Milliseconds from the call on after which it is given the value within its grace, if there is one, while the
   * factory goes on. @default 500
   */
  softTimeoutMs?: number;
  /**
   * Milliseconds from the call on after which it is given up. The factory is told by its signal, and what it gives
   * afterwards is not kept. @default 10000
   */
  hardTimeoutMs?: number;
  /** Share of `ttlMs` that is taken off at random, so that what was made together does not end together. @default 0 */
  jitterRatio?: number;
  /** Share of the time of a value after which the next call makes it anew, in the background. 0: never. @default 0 */
  refreshAheadRatio?: number;
}

/** What a user writes. */
export interface RedisCacheOptions extends CachePolicy {
  /** Everything in Redis lies below it. Caches that share a database need different ones. @default 'cache' */
  prefix?: string;
  /** Longest wait in ms for Redis to answer a read or write, from the call on; then memory stands in. @default 1000 */
  commandTimeoutMs?: number;
  /** Milliseconds after which others take over from a process that died while it called a factory. @default 5000 */
  lockTtlMs?: number;
  /**
   * A tier in the memory of this process for `RedisCacheService`. A value may be out of date there by `ttlMs`: what
   * other processes write, delete or invalidate is not noticed before. @default none
   */
  memory?: {
    /** @default 1000 */
    ttlMs?: number;
    /** @default 52428800 (50 MB) */
    maxBytes?: number;
  };
}

/** {@link CachePolicy}, complete. `ttlMs` is `undefined` for ever. */
export interface ResolvedCachePolicy {
  readonly ttlMs: number | undefined;
  readonly graceMs: number;
  readonly softTimeoutMs: number;
  readonly hardTimeoutMs: number;
  readonly jitterRatio: number;
  readonly refreshAheadRatio: number;
}

/** What the code reads: complete and frozen. */
export interface ResolvedRedisCacheOptions {
  readonly prefix: string;
  readonly commandTimeoutMs: number;
  readonly lockTtlMs: number;
  readonly memory: { readonly ttlMs: number; readonly maxBytes: number } | undefined;
  readonly policy: ResolvedCachePolicy;
}

const longestLifeMs = 1e13;
const longestWaitMs = 3_600_000;

const policyDefaults: ResolvedCachePolicy = {
  ttlMs: undefined,
  graceMs: 0,
  softTimeoutMs: 500,
  hardTimeoutMs: 10_000,
  jitterRatio: 0,
  refreshAheadRatio: 0,
};

/** @throws {CacheError} naming option, value and what is accepted */
export function resolveCacheOptions(options: RedisCacheOptions = {}): ResolvedRedisCacheOptions {
  const { prefix = 'cache', commandTimeoutMs = 1_000, lockTtlMs = 5_000, memory } = options;
  return Object.freeze({
    prefix,
    commandTimeoutMs: within('commandTimeoutMs', commandTimeoutMs, 1, longestWaitMs),
    lockTtlMs: whole('lockTtlMs', lockTtlMs, 100, longestWaitMs),
    memory: memory && {
      ttlMs: within('memory.ttlMs', memory.ttlMs ?? 1_000, 1, longestWaitMs),
      maxBytes: whole('memory.maxBytes', memory.maxBytes ?? 52_428_800, 1, Number.MAX_SAFE_INTEGER),
    },
    policy: resolvePolicy(policyDefaults, options),
  });
}

/**
 * What a call says, before what the module says.
 *
 * @throws {CacheError} naming option, value and what is accepted
 */
export function resolvePolicy(defaults: ResolvedCachePolicy, options: CachePolicy): ResolvedCachePolicy {
  const hardTimeoutMs = within('hardTimeoutMs', options.hardTimeoutMs ?? defaults.hardTimeoutMs, 1, longestWaitMs);
  const softTimeoutMs = within('softTimeoutMs', options.softTimeoutMs ?? defaults.softTimeoutMs, 0, longestWaitMs);
  return Object.freeze({
    ttlMs: options.ttlMs === undefined ? defaults.ttlMs : checkLifeMs('ttlMs', options.ttlMs),
    graceMs: Math.ceil(within('graceMs', options.graceMs ?? defaults.graceMs, 0, longestLifeMs)),
    softTimeoutMs: Math.min(softTimeoutMs, hardTimeoutMs),
    hardTimeoutMs,
    jitterRatio: within('jitterRatio', options.jitterRatio ?? defaults.jitterRatio, 0, 1),
    refreshAheadRatio: within('refreshAheadRatio', options.refreshAheadRatio ?? defaults.refreshAheadRatio, 0, 1),
  });
} // prettier-ignore

/**
 * A time to live in whole milliseconds; `undefined` for `Infinity`.
 *
 * @throws {CacheError} when it is not a positive number of milliseconds, or too large for Redis
 */
export function checkLifeMs(name: string, ttlMs: unknown): number | undefined {
  if (ttlMs === Infinity) return undefined;
  if (typeof ttlMs === 'number' && ttlMs > 0 && ttlMs <= longestLifeMs) return Math.ceil(ttlMs);
  throw invalid(name, ttlMs, `milliseconds above 0 and up to ${longestLifeMs}, or Infinity`);
}

function within(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw invalid(name, value, `a number from ${min} to ${max}`);
}

function whole(name: string, value: unknown, min: number, max: number): number {
  if (Number.isInteger(value)) return within(name, value, min, max);
  throw invalid(name, value, `a whole number from ${min} to ${max}`);
}

function invalid(name: string, value: unknown, accepted: string): CacheError {
  const found = typeof value === 'number' ? String(value) : typeof value;
  return new CacheError('CACHE_INVALID_OPTION', `${name} = ${found}: accepted is ${accepted}`);
}
