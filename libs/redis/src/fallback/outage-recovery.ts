import type { RedisCircuitBreaker } from '../commands/circuit.js';
import type { RedisLog } from '../connections/connection-log.js';
import { RedisConnectionState } from '../connections/connection-state.js';
import type { ManagedConnection } from '../connections/managed-connection.js';
import { ping } from '../connections/ping.js';
import type { FallbackReport, RedisEventEmitter } from '../events/redis-events.js';
import { parseInfo } from '../server/server-info.js';
import { JournalSender } from './journal-sender.js';
import type { MemoryFallback } from './memory-fallback.js';
import type { RecoveryJournal } from './recovery-journal.js';

export interface OutageRecoveryInit {
  readonly connection: ManagedConnection;
  readonly circuit: RedisCircuitBreaker;
  readonly fallback: MemoryFallback | undefined;
  readonly journal: RecoveryJournal;
  /** What becomes of the journal when Redis is back. */
  readonly mode: 'apply' | 'discard';
  readonly events: RedisEventEmitter;
  readonly log: RedisLog;
  /** Monotonic time in ms. */
  now(): number;
}

/** A PING that is not answered within this time has failed as a probe. */
const probeTimeoutMs = 1_000;
/** After a batch that failed, the next waits so long. */
const sendAgainAfterMs = 250;

/**
 * Brings everything back when Redis is: closes the circuit when PING is answered, notices that the server has
 * other data than before, sends or discards the journal, and tells when memory stands in and when it does not
 * any more.
 */
export class OutageRecovery {
  readonly #init: OutageRecoveryInit;
  readonly #sender: JournalSender;
  #runId: string | undefined;
  #probing = false;
  #sending: Promise<void> | undefined;
  #sendAgainAt = 0;
  #degraded = false;
  #unreported = { applied: 0, overtaken: 0, refused: 0 };

  constructor(init: OutageRecoveryInit) {
    this.#init = init;
    const { client } = init.connection;
    this.#sender = new JournalSender(client, init.journal, () => init.now());
    const onReady = (): void => {
      init.circuit.renew();
      this.#sender.forgetScript();
      void this.#identify();
    };
    client.on('ready', onReady);
    if (client.status === 'ready') onReady();
  }

  /** Whether memory stands in for Redis. */
  get active(): boolean {
    return this.#degraded;
  }

  /** Memory stood in for Redis. */
  degraded(reason: string): void {
    if (this.#degraded) return;
    this.#degraded = true;
    this.#report({ active: true, reason });
  }

  /** Looks what is to be done. Called by the pulse. */
  beat(): void {
    const { connection, circuit, journal } = this.#init;
    if (connection.state !== RedisConnectionState.Connected) return;
    if (circuit.state === 'open' || circuit.state === 'half-open') void this.#probe();
    if (circuit.state !== 'closed') return;
    if (journal.size > 0) void this.flush();
    else if (this.#degraded) void this.#confirm();
  }

  /** Sends what the pace allows now. Resolves when that is done, also when it failed: the rest stays. */
  flush(): Promise<void> {
    if (this.#init.now() < this.#sendAgainAt) return Promise.resolve();
    this.#sending ??= this.#send().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  /**
   * Sends everything, so that what comes next finds Redis as callers believe it to be.
   *
   * @param timeoutMs most time for it, from now on
   * @returns whether Redis has everything now
   */
  async settle(timeoutMs: number): Promise<boolean> {
    const { journal, now, connection } = this.#init;
    const deadlineAt = now() + timeoutMs;
    while (journal.size > 0 && connection.state === RedisConnectionState.Connected && now() < deadlineAt) {
      await this.flush();
      if (journal.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return journal.size === 0;
  }

  /**
   * Sends everything for the last time, before the connections close.
   *
   * @param timeoutMs most time for it, from now on
   */
  async finish(timeoutMs: number): Promise<void> {
    const { journal, connection, log, mode, fallback } = this.#init;
    const isSettled = mode === 'discard' || (await this.settle(timeoutMs));
    fallback?.seal();
    if (isSettled) return;
    log.warn(
      `event=journal-lost connection=${connection.name} entries=${journal.size} Redis was away at shutdown.`,
    );
  }

  async #send(): Promise<void> {
    const { journal, mode, events, fallback } = this.#init;
    if (mode === 'discard') {
      const entries = journal.size;
      journal.clear();
      fallback?.forgetCopies();
      events.emit('journal', { state: 'discarded', entries });
      return;
    }
    try {
      const report = await this.#sender.sendBatch();
      for (const name of ['applied', 'overtaken', 'refused'] as const) this.#unreported[name] += report[name];
    } catch {
      // The connection tells of itself; entries stay.
      this.#sendAgainAt = this.#init.now() + sendAgainAfterMs;
      return;
    }
    if (journal.size > 0) return;
    const { applied, overtaken, refused } = this.#unreported;
    this.#unreported = { applied: 0, overtaken: 0, refused: 0 };
    events.emit('journal', { state: 'applied', entries: applied, overtaken, refused });
  }

  /** A frozen server looks connected until the heartbeat finds out: memory stands in until PING is answered. */
  async #confirm(): Promise<void> {
    if (this.#probing) return;
    this.#probing = true;
    const answered = await ping(this.#init.connection.client, probeTimeoutMs).then(
      () => true,
      () => false,
    );
    this.#probing = false;
    if (!answered || !this.#degraded || this.#init.journal.size > 0) return;
    this.#degraded = false;
    this.#report({ active: false });
  }

  async #probe(): Promise<void> {
    if (this.#probing) return;
    this.#probing = true;
    const { connection, circuit, now } = this.#init;
    const startedAt = now();
    const answered = await ping(connection.client, probeTimeoutMs).then(
      () => true,
      () => false,
    );
    circuit.reportProbe(answered, now() - startedAt);
    this.#probing = false;
  }

  /** Another run of the server may have other data: what memory copied from the last one is worth nothing. */
  async #identify(): Promise<void> {
    const { connection, fallback, events } = this.#init;
    try {
      const text: unknown = await connection.client.info('server');
      const runId = parseInfo(String(text)).server?.run_id;
      if (runId === undefined || runId === this.#runId) return;
      const isOther = this.#runId !== undefined;
      this.#runId = runId;
      if (!isOther) return;
      fallback?.forgetCopies();
      events.emit('server', { connection: connection.name, runId });
    } catch {
      // No right to INFO, or gone again: the copies may be old, so they go.
      fallback?.forgetCopies();
    }
  }

  #report(report: FallbackReport): void {
    const { log, events, connection, journal } = this.#init;
    const state = report.active ? `begin reason=${report.reason}` : 'end';
    log.log(`event=fallback-${state} connection=${connection.name} journal=${journal.size}`);
    events.emit('fallback', report);
  }
}
