import type { RedisConnectionState } from '@holdfast/redis';
import type { Sighting } from '../probe/redis-probe.js';
import type { Verdict } from '../probe/verdict.js';
import { type RedisConnectionReport, reportConnection } from './connection-report.js';
import type { RedisServerReport } from './server-report.js';

/** What the detailed check tells beside its status. */
export interface RedisHealthReport {
  /** What is wrong and what to do; absent when nothing is. */
  readonly message?: string;
  /** State of the shared connection. */
  readonly state: RedisConnectionState;
  /** Milliseconds that the last PING to be answered took. */
  readonly latency?: number;
  /** Milliseconds since that answer. */
  readonly latencyAgeMs?: number;
  /** What Redis said of itself last, and how many milliseconds ago. */
  readonly server?: RedisServerReport & { readonly ageMs: number };
  /** Every connection of the registration that is open or coming back. */
  readonly connections: readonly RedisConnectionReport[];
}

/** Puts together what the detailed check tells. */
export function reportHealth(
  sighting: Sighting,
  { message }: Verdict,
): RedisHealthReport & Record<string, unknown> {
  const { shared, connections, latencyMs, latencyAgeMs = 0, server, serverAgeMs = 0 } = sighting;
  return {
    ...(message === undefined ? {} : { message }),
    state: shared.state,
    ...(latencyMs === undefined ? {} : { latency: latencyMs, latencyAgeMs: Math.round(latencyAgeMs) }),
    ...(server === undefined ? {} : { server: { ...server, ageMs: Math.round(serverAgeMs) } }),
    connections: connections.map(reportConnection),
  };
}
