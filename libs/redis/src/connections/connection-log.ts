import type { LoggerService } from '@nestjs/common';
import { classifyError } from '../errors/error-kinds.js';
import type { CyclingReport } from './cycling-detector.js';

/** The part of Nest's `LoggerService` that is used. */
export type RedisLog = Pick<LoggerService, 'log' | 'warn' | 'error'>;

/** Where a connection goes to, for its lines. */
export interface LoggedAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
}

/**
 * Writes one line a state change of one connection, as `key=value` pairs that can be searched for. An outage
 * is one line at its start, one for every new reason, and one at its end, however many attempts it takes.
 */
export class ConnectionLog {
  readonly #log: RedisLog;
  readonly #connection: string;
  readonly #now: () => number;
  #outageSince: number | undefined;
  #attempts = 0;
  #reasons = new Set<string>();

  constructor(log: RedisLog, connection: string, now: () => number) {
    this.#log = log;
    this.#connection = connection;
    this.#now = now;
  }

  /** The first attempt begins. */
  connecting({ host, port, db }: LoggedAddress): void {
    this.#log.log(this.#line('connecting', { host, port, db }));
  }

  ready({ host, port, db }: LoggedAddress): void {
    const since = this.#outageSince;
    const details: Record<string, string | number> = { host, port, db };
    if (since !== undefined) {
      details.outageMs = Math.round(this.#now() - since);
      details.attempts = this.#attempts;
    }
    this.#log.log(this.#line('ready', details));
    this.#outageSince = undefined;
    this.#attempts = 0;
    this.#reasons.clear();
  }

  /** A connection or attempt ended; the next attempt comes after so many milliseconds. */
  reconnecting(inMs: number, reason: Error | undefined): void {
    this.#attempts++;
    const { kind, advice } = reason
      ? classifyError(reason)
      : { kind: 'CONNECTION_CLOSED', advice: 'The other side closed the connection.' };
    const first = this.#outageSince === undefined;
    this.#outageSince ??= this.#now();
    if (this.#reasons.has(kind)) return;
    this.#reasons.add(kind);
    const event = first ? 'reconnecting' : 'error';
    this.#log.warn(`${this.#line(event, first ? { inMs, reason: kind } : { reason: kind })} ${advice}`);
  }

  /** It does not try any more until somebody calls `connect()`. */
  gaveUp(attempts: number, reason: Error | undefined): void {
    const kind = reason ? classifyError(reason).kind : 'CONNECTION_CLOSED';
    this.#log.error(`${this.#line('gave-up', { attempts, reason: kind })} connect() tries again.`);
  }

  closed(): void {
    this.#log.log(this.#line('closed', {}));
  }

  cycling(report: CyclingReport): void {
    const { connects, windowMs, connection, causes } = report;
    const line = this.#line('cycling', { connects, windowMs, most: connection });
    this.#log.warn(`${line} Connections are made over and over. Likely causes: ${causes.join('; ')}.`);
  }

  #line(event: string, details: Record<string, string | number>): string {
    const pairs = Object.entries(details).map(([key, value]) => `${key}=${value}`);
    return [`event=${event}`, `connection=${this.#connection}`, ...pairs].join(' ');
  }
}
