import { channel } from 'node:diagnostics_channel';

/**
 * A hit was answered. Published on `holdfast:throttler:hit`; made only when somebody subscribes. Holds no keys.
 */
export interface ThrottlerHitEvent {
  /** Name of the throttler, e.g. `default`. */
  readonly throttler: string;
  readonly result: 'allowed' | 'blocked';
  /** Who answered: Redis, or what `whenDown` says. */
  readonly source: 'redis' | 'memory' | 'allow' | 'deny';
  /** Milliseconds from the hit to its answer. */
  readonly durationMs: number;
  /** Why Redis did not, e.g. `ECONNREFUSED`; `DEGRADED` when it was not asked because hits run into time-outs. */
  readonly reason?: string;
}

/** Channels of this package. */
export const throttlerChannels = {
  hit: channel('holdfast:throttler:hit'),
} as const;
