import { RedisArgumentError } from '../errors/redis-error.js';

/** What Redis stores as a string. */
export type RedisValue = string | number | Buffer;
/** Name of a key. */
export type RedisKey = string | Buffer;

/** @throws {RedisArgumentError} when it is not a string or Buffer */
export function checkKey(key: unknown): RedisKey {
  if (typeof key === 'string' || Buffer.isBuffer(key)) return key;
  throw new RedisArgumentError(`A key must be a string or a Buffer, not ${describe(key)}.`);
}

/** @throws {RedisArgumentError} when there is none, or one is not a string or Buffer */
export function checkKeys(keys: readonly unknown[]): RedisKey[] {
  if (keys.length === 0) throw new RedisArgumentError('At least one key is needed.');
  return keys.map(checkKey);
}

/** @throws {RedisArgumentError} when it is not a string, a finite number or a Buffer */
export function checkValue(value: unknown): RedisValue {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RedisArgumentError(
    `A value must be a string, a finite number or a Buffer, not ${describe(value)}. Serialise it first, e.g. with JSON.stringify.`,
  );
}

/** @throws {RedisArgumentError} when there is none, or one cannot be stored */
export function checkValues(values: readonly unknown[]): RedisValue[] {
  if (values.length === 0) throw new RedisArgumentError('At least one value is needed.');
  return values.map(checkValue);
}

/** @throws {RedisArgumentError} when it is not a safe integer */
export function checkInteger(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new RedisArgumentError(`${name} must be an integer, not ${describe(value)}.`);
}

/** @throws {RedisArgumentError} when it is not a finite number */
export function checkNumber(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RedisArgumentError(`${name} must be a finite number, not ${describe(value)}.`);
}

const longestTtlSeconds = 1e11;

/**
 * Time to live as Redis takes it.
 *
 * @param ttlSeconds seconds; fractions are kept to the millisecond
 * @returns whole milliseconds
 * @throws {RedisArgumentError} when it is not a number of seconds from 0.001 to 1e11
 */
export function toTtlMs(ttlSeconds: unknown): number {
  if (typeof ttlSeconds === 'number' && ttlSeconds >= 0.001 && ttlSeconds <= longestTtlSeconds) {
    return Math.round(ttlSeconds * 1000);
  }
  throw new RedisArgumentError(
    `A time to live must be a number of seconds from 0.001 to ${longestTtlSeconds}, not ${describe(ttlSeconds)}.`,
  );
}

/** Names a wrong argument without showing it, unless it is a number. */
function describe(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : typeof value;
}
