/** What {@link CyclingDetector} saw. */
export interface CyclingReport {
  /** Connections made within the window. */
  readonly connects: number;
  readonly windowMs: number;
  /** Name of the connection that was made most often. */
  readonly connection: string;
  /** Likely causes, in the order in which to look. */
  readonly causes: readonly string[];
}

const maxConnects = 10;
const windowMs = 30_000;
/** One report in so long a time is enough. */
const quietMs = 300_000;

/**
 * Notices that connections are made again and again in a short time, which looks healthy from one moment to
 * the next and is not.
 */
export class CyclingDetector {
  #connects: Array<{ at: number; connection: string }> = [];
  #reportedAt = -Infinity;

  /**
   * A connection was made.
   *
   * @param now monotonic time in ms
   * @param distinct number of connections the process owns at present
   * @returns a report when there were too many, at most one in five minutes
   */
  connected(connection: string, now: number, distinct: number): CyclingReport | undefined {
    this.#connects = this.#connects.filter(({ at }) => at > now - windowMs);
    this.#connects.push({ at: now, connection });
    // Every owned connection may come up once, and once again after one outage.
    const allowed = maxConnects + 2 * distinct;
    if (this.#connects.length <= allowed || now - this.#reportedAt < quietMs) return undefined;
    this.#reportedAt = now;
    const counts = new Map<string, number>();
    for (const { connection: name } of this.#connects) counts.set(name, (counts.get(name) ?? 0) + 1);
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    return {
      connects: this.#connects.length,
      windowMs,
      connection: most?.[0] ?? connection,
      causes: [
        'Redis restarts over and over, or runs out of memory: look at its log and uptime_in_seconds',
        'a proxy or firewall closes idle connections: lower REDIS_HEARTBEAT_INTERVAL below its time-out',
        'Redis closes them: client-output-buffer-limit, timeout, maxclients or CLIENT KILL',
        'duplicate() is called for every request: make one and keep it',
      ],
    };
  }
}
