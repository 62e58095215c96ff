import { createHash } from 'node:crypto';
import type { Hit } from './hit.js';

/** Where a hit is counted. Both keys are in one slot of a cluster. */
export interface HitKeys {
  /** Of the tracked key, shared by its throttlers. */
  readonly record: string;
  /** Of one throttler. */
  readonly hits: string;
}

/** What `ThrottlerGuard` makes, and most of what one writes oneself, is short and plain: it stays readable. */
const plain = /^[\w:.@-]{1,128}$/;

/**
 * Names the keys in Redis. Everything that is long, or could end the hash tag early, is replaced by its digest,
 * which begins with a character that nothing plain has.
 */
export function hitKeys(prefix: string, { key, throttler }: Pick<Hit, 'key' | 'throttler'>): HitKeys {
  const record = `${prefix}{${named(key)}}`;
  return { record, hits: `${record}:${named(throttler)}` };
}

function named(text: string): string {
  return plain.test(text) ? text : `#${createHash('sha256').update(text).digest('hex')}`;
}
