/** Stable codes of the errors of this package. */
export type CacheErrorCode =
  'CACHE_INVALID_KEY' | 'CACHE_INVALID_VALUE' | 'CACHE_INVALID_OPTION' | 'CACHE_TIMEOUT';

const brand = Symbol.for('holdfast.cache.error');

/**
 * A mistake in the use of the cache: a key, a value or an option it cannot take. Nothing was stored then, and
 * what was stored before is as it was. Messages name no keys and no values.
 */
export class CacheError extends Error {
  readonly code: CacheErrorCode;

  constructor(code: CacheErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** True for errors of any copy of this package in the process, where `instanceof` would miss some. */
  static isCacheError(value: unknown): value is CacheError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** The factory gave no value within `hardTimeoutMs`, and there was no earlier value within its grace. */
export class CacheTimeoutError extends CacheError {
  constructor(timeoutMs: number) {
    super(
      'CACHE_TIMEOUT',
      `There was no value within ${timeoutMs} ms (hardTimeoutMs), nor an earlier one to give.`,
    );
  }
}
