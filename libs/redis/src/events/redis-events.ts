import { EventEmitter } from 'node:events';
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

/** What `RedisService` tells whoever listens. Listeners must not throw. */
export interface RedisEvents {
  /** A connection changed its state. */
  connection: [change: ConnectionChange];
  /** The monitor found health changed, or found it for the first time. */
  health: [health: RedisHealth];
  /** Connections are made again and again in a short time. */
  cycling: [report: CyclingReport];
}

/** Typed emitter of {@link RedisEvents}. */
export class RedisEventEmitter extends EventEmitter<RedisEvents> {}
