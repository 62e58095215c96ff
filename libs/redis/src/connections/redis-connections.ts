import type { Redis, RedisOptions } from 'ioredis';
import { ConnectionFactory, type ConnectionFactoryInit } from './connection-factory.js';
import type { RedisConnectionRole } from './connection-role.js';
import { ConnectionTally, type ConnectionTotals } from './connection-tally.js';
import { HalfOpenError } from './half-open.error.js';
import type { ManagedConnection } from './managed-connection.js';
import { PulseTimer } from './pulse-timer.js';

type Init = Omit<ConnectionFactoryInit, 'pulse' | 'open' | 'onEnd'>;

/** QUIT is a courtesy; a server that does not answer it within this time is left without. */
const quitTimeoutMs = 1_000;

/** Every connection of one registration: the shared one, and what was opened beside it. */
export class RedisConnections {
  readonly shared: ManagedConnection;
  readonly #factory: ConnectionFactory;
  readonly #pulse: PulseTimer;
  /** Open or coming back, in the order in which they were made. */
  readonly #open = new Set<ManagedConnection>();
  readonly #tally = new ConnectionTally();

  /** Starts to connect in the background, unless a client is borrowed or it is to be done lazily. */
  constructor(init: Init, { client, lazyConnect }: { client: Redis | undefined; lazyConnect: boolean }) {
    this.#pulse = new PulseTimer(init.now);
    this.#factory = new ConnectionFactory({
      ...init,
      pulse: this.#pulse,
      open: this.#open,
      onEnd: (connection) => this.#tally.ended(connection),
      onChange: (change) => {
        if (change.reason instanceof HalfOpenError) this.#suspectBlocked();
        init.onChange(change);
      },
    });
    this.shared = client ? this.#factory.borrow(client) : this.#factory.create('shared', { lazyConnect });
  }

  /** Calls the listener several times a second, until the returned function is called. */
  onBeat(listener: (now: number) => void): () => void {
    return this.#pulse.onBeat(listener);
  }

  /** @throws {RedisUnavailableError} after {@link close} */
  create(role: RedisConnectionRole, override?: Partial<RedisOptions>): ManagedConnection {
    return this.#factory.create(role, override);
  }

  /** The shared connection first, whatever its state; then all others that are open or coming back. */
  list(): readonly ManagedConnection[] {
    return [this.shared, ...[...this.#open].filter((connection) => connection !== this.shared)];
  }

  /** What was counted since the start, by role. */
  totals(): ReadonlyMap<RedisConnectionRole, ConnectionTotals> {
    return this.#tally.totals(this.list());
  }

  /**
   * A command that blocks for ever is silent on a living connection and on a dead one. When another connection
   * to the same server was found half-open, so is this one.
   */
  #suspectBlocked(): void {
    for (const connection of this.#open) connection.dropIfBlockedForEver();
  }

  /**
   * Closes everything that was opened here; borrowed clients stay as they are.
   *
   * @param timeoutMs longest time for all of it
   */
  async close(timeoutMs: number): Promise<void> {
    this.#factory.close();
    const quitMs = Math.min(timeoutMs, quitTimeoutMs);
    await Promise.all(this.list().map((connection) => connection.close(quitMs)));
  }
}
