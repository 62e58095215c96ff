import type { CacheEntry } from '../entries/cache-entry.js';

/** What an entry is good for: `stale` is within its grace. */
export type Freshness = 'fresh' | 'stale' | 'gone';

/** @param now wall clock in ms */
export function freshness(entry: CacheEntry | undefined, graceMs: number, now: number): Freshness {
  if (entry === undefined) return 'gone';
  if (entry.expires === undefined || now < entry.expires) return 'fresh';
  return now < entry.expires + graceMs ? 'stale' : 'gone';
}

/** Whether so much of the time of an entry has passed that the next should be made. */
export function isDue({ at, expires }: CacheEntry, refreshAheadRatio: number, now: number): boolean {
  return refreshAheadRatio > 0 && expires !== undefined && now - at >= refreshAheadRatio * (expires - at);
}
