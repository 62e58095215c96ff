import { EventEmitter } from 'node:events';
import type { CircuitStateChange } from '@holdfast/resilience';
import type { CyclingReport } from '../connections/cycling-detector.js';
import type { ConnectionChange } from '../connections/managed-connection.js';

/** Result of a health check. */
export interface RedisHealth {
  readonly healthy: boolean;
  /** Milliseconds from the PING to its answer, or until it was given up. */
  readonly latency: number;
  /** Why it is not healthy: what happened and what to do. */
  readonly error?: string;
}

/** Memory began, or ceased, to stand in for Redis. */
export interface FallbackReport {
  readonly active: boolean;
  /** Why it began: the kind of the failure, e.g. `ECONNREFUSED`. */
  readonly reason?: string;
}

/** What became of the writes that were made while Redis was away. */
export interface JournalOutcome {
  readonly state: 'applied' | 'discarded';
  /** Writes that reached Redis, or were discarded. */
  readonly entries: number;
  /** Writes that a later one of another process had overtaken. */
  readonly overtaken?: number;
  /** Writes that Redis refused for good. */
  readonly refused?: number;
}

/** What `RedisService` tells whoever listens. Listeners must not throw. */
export interface RedisEvents {
  /** A connection changed its state. */
  connection: [change: ConnectionChange];
  /** The monitor found health changed, or found it for the first time. */
  health: [health: RedisHealth];
  /** The circuit breaker changed its state. */
  breaker: [change: CircuitStateChange];
  /** Memory began, or ceased, to stand in for Redis. */
  fallback: [report: FallbackReport];
  /** The journal of an outage reached Redis, or was discarded. */
  journal: [outcome: JournalOutcome];
  /** Behind the address is another run of the server now; its data may be others. */
  server: [server: { connection: string; runId: string }];
  /** Connections are made again and again in a short time. */
  cycling: [report: CyclingReport];
}

/** Typed emitter of {@link RedisEvents}. */
export class RedisEventEmitter extends EventEmitter<RedisEvents> {}
