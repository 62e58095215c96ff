import { types } from 'node:util';
import { CacheError } from '../cache.errors.js';

/** Bytes, as Keyv writes them; other strings that begin with a colon get a second one. */
const bytesMark = ':base64:';

/**
 * A value as JSON, with bytes as Keyv writes them. `undefined` when it is undefined.
 *
 * @throws {CacheError} for what has no JSON: bigint, functions, symbols, cycles, and objects of which JSON would
 *   keep nothing (Map, Set, Promise, Error, RegExp, typed arrays but Uint8Array)
 */
export function valueToText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  let text: string | undefined;
  try {
    text = JSON.stringify(value, replace);
  } catch (error) {
    if (CacheError.isCacheError(error)) throw error;
    const isCycle = error instanceof TypeError && error.message.includes('circular');
    const isDeep = error instanceof RangeError;
    if (!isCycle && !isDeep) throw new CacheError('CACHE_INVALID_VALUE', 'The toJSON of a value threw an error.', error);
    throw refused(isCycle ? 'an object that contains itself' : 'something nested too deeply, or too long');
  }
  if (text === undefined) throw refused(`a ${typeof value}`);
  return text;
} // prettier-ignore

/** For JSON.parse: brings bytes and strings with a colon back. */
export function reviveValue(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith(':')) return value;
  return value.startsWith(bytesMark) ? Buffer.from(value.slice(bytesMark.length), 'base64') : value.slice(1);
}

/** Whether a text may have anything to revive; JSON.parse is several times faster without. */
export function mayNeedRevival(text: string): boolean {
  return text.includes('"::') || text.includes(`"${bytesMark}`);
}

function replace(this: unknown, key: string, json: unknown): unknown {
  switch (typeof json) {
    case 'string':
      return json.startsWith(':') ? `:${json}` : json;
    case 'bigint':
      throw refused('a bigint');
    case 'object':
      return json === null || Array.isArray(json) ? json : replaceObject(json, (this as Record<string, unknown>)[key]);
    default:
      return json;
  }
} // prettier-ignore

/** @param original what it was before its toJSON */
function replaceObject(json: object, original: unknown): unknown {
  if (types.isUint8Array(original)) {
    return (
      bytesMark + Buffer.from(original.buffer, original.byteOffset, original.byteLength).toString('base64')
    );
  }
  const kind = kindWithoutJson(json);
  if (kind !== undefined) throw refused(kind);
  return json;
}

function kindWithoutJson(value: object): string | undefined {
  if (types.isPromise(value)) return 'a Promise (is an await missing?)';
  if (types.isMap(value)) return 'a Map';
  if (types.isSet(value)) return 'a Set';
  if (types.isNativeError(value)) return 'an Error';
  if (types.isRegExp(value)) return 'a RegExp';
  if (types.isAnyArrayBuffer(value) || types.isArrayBufferView(value)) return 'binary data other than Buffer and Uint8Array';
  return undefined;
} // prettier-ignore

function refused(what: string): CacheError {
  return new CacheError(
    'CACHE_INVALID_VALUE',
    `A value cannot be stored, because it is or contains ${what}.`,
  );
}
