import type { ActiveFault } from './fault.js';

/** How one direction of a connection moves. */
export interface Pace {
  /** Nothing moves. */
  held: boolean;
  /** Nothing moves, and never will. */
  dead: boolean;
  latencyMs: number;
  jitterMs: number;
  /** Infinity when not throttled. */
  bytesPerSecond: number;
}

/** No fault at all. */
export const FREE_PACE: Pace = {
  held: false,
  dead: false,
  latencyMs: 0,
  jitterMs: 0,
  bytesPerSecond: Infinity,
};

/** What several faults come to in one direction: latencies add up, the narrowest throttle counts. */
export function paceOf(faults: readonly ActiveFault[], direction: 'requests' | 'replies'): Pace {
  const pace = { ...FREE_PACE };
  for (const fault of faults) {
    if (!('options' in fault)) continue;
    if (fault.options.direction !== 'both' && fault.options.direction !== direction) continue;
    switch (fault.kind) {
      case 'blackHole':
        pace.held = true;
        pace.dead ||= fault.options.afterwards === 'dead';
        break;
      case 'delay':
        pace.latencyMs += fault.options.latencyMs;
        pace.jitterMs += fault.options.jitterMs;
        break;
      case 'throttle':
        pace.bytesPerSecond = Math.min(pace.bytesPerSecond, fault.options.bytesPerSecond);
        break;
    }
  }
  return pace;
}
