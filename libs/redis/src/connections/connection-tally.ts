import type { RedisConnectionRole } from './connection-role.js';
import type { ManagedConnection } from './managed-connection.js';

/** What the connections of a role did, closed ones included: these counts never go down. */
export interface ConnectionTotals {
  readonly connectionAttempts: number;
  /** Times one was usable again after it had been lost. */
  readonly reconnects: number;
  readonly commandsSent: number;
  /** Replies that were errors. */
  readonly commandsFailed: number;
}

const none: ConnectionTotals = { connectionAttempts: 0, reconnects: 0, commandsSent: 0, commandsFailed: 0 };

/** Keeps what connections counted beyond their end. */
export class ConnectionTally {
  readonly #ended = new Map<RedisConnectionRole, ConnectionTotals>();
  /** What was taken over of a connection when it ended; it may come back and count on. */
  readonly #taken = new WeakMap<ManagedConnection, ConnectionTotals>();

  /** A connection is in nobody's list any more. */
  ended(connection: ManagedConnection): void {
    const now = connection.snapshot();
    this.#ended.set(now.role, plus(this.#ended.get(now.role) ?? none, this.#since(connection, now)));
    this.#taken.set(connection, now);
  }

  /** By role: what has ended, and the given connections as they are now. */
  totals(present: readonly ManagedConnection[]): ReadonlyMap<RedisConnectionRole, ConnectionTotals> {
    const totals = new Map(this.#ended);
    for (const connection of present) {
      const now = connection.snapshot();
      totals.set(now.role, plus(totals.get(now.role) ?? none, this.#since(connection, now)));
    }
    return totals;
  }

  #since(connection: ManagedConnection, now: ConnectionTotals): ConnectionTotals {
    return plus(now, this.#taken.get(connection) ?? none, -1);
  }
}

function plus(a: ConnectionTotals, b: ConnectionTotals, sign: 1 | -1 = 1): ConnectionTotals {
  return {
    connectionAttempts: a.connectionAttempts + sign * b.connectionAttempts,
    reconnects: a.reconnects + sign * b.reconnects,
    commandsSent: a.commandsSent + sign * b.commandsSent,
    commandsFailed: a.commandsFailed + sign * b.commandsFailed,
  };
}
