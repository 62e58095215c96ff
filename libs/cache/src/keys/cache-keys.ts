import { createHash } from 'node:crypto';
import { CacheError } from '../cache.errors.js';

/** Longer keys and tags are stored under their digest. */
const maxNameLength = 512;
const digestMark = 'sha256:';
const loneSurrogate = /\p{Surrogate}/u;

/** Where a cache keeps what in Redis; all of it below its prefix. */
export class CacheKeys {
  readonly #entry: string;
  readonly #tag: string;
  readonly #lock: string;
  /** Below it everything lies that is this cache's own. */
  readonly prefix: string;
  /** When the cache was cleared in an outage. */
  readonly cleared: string;

  /** @throws {CacheError} when keys below the prefix could be taken for those of another cache */
  constructor(prefix: string) {
    if (typeof prefix !== 'string' || !/^\S{1,128}$/.test(prefix) || /(?:^|:)(?:entry|tag|lock|cleared)(?:$|:)/.test(prefix)) {
      throw new CacheError(
        'CACHE_INVALID_OPTION',
        'prefix must be text of 1 to 128 characters without white space, and none of its parts between colons may be entry, tag, lock or cleared.',
      );
    }
    this.prefix = `${prefix}:`;
    this.#entry = `${prefix}:entry:`;
    this.#tag = `${prefix}:tag:`;
    this.#lock = `${prefix}:lock:`;
    this.cleared = `${prefix}:cleared`;
  } // prettier-ignore

  /** @throws {CacheError} when it is no key */
  entry(key: string): string {
    return this.#entry + nameOf('key', key);
  }

  /** @throws {CacheError} when it is no tag */
  tag(tag: string): string {
    return this.#tag + nameOf('tag', tag);
  }

  /** @throws {CacheError} when it is no key */
  lock(key: string): string {
    return this.#lock + nameOf('key', key);
  }

  /** Whether a key in Redis holds an entry. */
  isEntry(stored: string): boolean {
    return stored.startsWith(this.#entry);
  }

  /** Whether a key in Redis belongs to this cache and not to another one with a longer prefix. */
  isOwn(stored: string): boolean {
    return this.isEntry(stored) || stored.startsWith(this.#tag) || stored.startsWith(this.#lock);
  }

  /** The key of an entry as its user knows it; a digest where it was too long. */
  keyOf(stored: string): string {
    return stored.slice(this.#entry.length);
  }
}

/** Text that a glob pattern of Redis matches literally. */
export function escapeGlob(text: string): string {
  return text.replaceAll(/[\\*?[\]^-]/g, String.raw`\$&`);
}

function nameOf(kind: 'key' | 'tag', name: unknown): string {
  if (typeof name !== 'string' || name === '') {
    const found = name === '' ? 'an empty one' : typeof name;
    throw new CacheError('CACHE_INVALID_KEY', `A ${kind} must be text that is not empty, not ${found}.`);
  }
  // Half a surrogate pair has no UTF-8: two keys would become one. A name that looks like a digest must not be one.
  if (name.length > maxNameLength || name.startsWith(digestMark) || loneSurrogate.test(name)) {
    return digestMark + createHash('sha256').update(Buffer.from(name, 'utf16le')).digest('hex');
  }
  return name;
}
