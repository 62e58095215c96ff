import { mayNeedRevival, reviveValue, valueToText } from './value-text.js';

/** Versions of tags by their names. */
export type TagVersions = Readonly<Record<string, string>>;

/** A value in the cache, and what must be known of it. */
export interface CacheEntry {
  readonly value: unknown;
  /** Wall clock in ms: the value is what was known then. */
  readonly at: number;
  /** Wall clock in ms after which it is stale; `undefined` for never. */
  readonly expires?: number;
  /** The versions its tags had before it was computed. */
  readonly tags?: TagVersions;
}

/** Every text of this format begins so, and no text that begins so means anything to telejson. */
const mark = '{"v":1,';

/** Bytes of a text in which its time stands. */
export const headerLength = 32;

/**
 * An entry as it is stored: the JSON of a Keyv 5 envelope (`value`, `expires`), with a version and what Keyv
 * does not know.
 *
 * @throws {CacheError} when the value has no JSON
 */
export function encodeEntry({ value, at, expires, tags }: CacheEntry): string {
  const text = valueToText(value);
  return (
    `${mark}"at":${at}` +
    (expires === undefined ? '' : `,"expires":${expires}`) +
    (tags === undefined ? '' : `,"tags":${JSON.stringify(tags)}`) +
    (text === undefined ? '}' : `,"value":${text}}`)
  );
}

/** Whether a text looks as if {@link encodeEntry} had written it. Says nothing about the rest of it. */
export function isEntryText(text: unknown): text is string {
  return typeof text === 'string' && text.startsWith(mark);
}

/** The entry of a text; `undefined` when it is anything else, whatever it is. */
export function decodeEntry(text: string | null | undefined): CacheEntry | undefined {
  if (!isEntryText(text)) return undefined;
  try {
    const entry = JSON.parse(text, mayNeedRevival(text) ? reviveValue : undefined) as CacheEntry;
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** When the entry was made, read off the first {@link headerLength} bytes of its text; 0 when it is no entry. */
export function madeAt(header: string | null | undefined): number {
  const [, at] = /^\{"v":1,"at":(\d{1,15})[,}]/.exec(header ?? '') ?? [];
  return at === undefined ? 0 : Number(at);
}

function isEntry({ at, expires, tags }: CacheEntry): boolean {
  return (
    Number.isFinite(at) &&
    (expires === undefined || Number.isFinite(expires)) &&
    (tags === undefined || isVersions(tags))
  );
}

function isVersions(tags: unknown): boolean {
  return (
    typeof tags === 'object' &&
    tags !== null &&
    !Array.isArray(tags) &&
    Object.values(tags).every((version) => typeof version === 'string')
  );
}
