import { readFileSync } from 'node:fs';
import { Pacer } from '@holdfast/resilience';
import type { Redis } from 'ioredis';
import { classifyError } from '../errors/error-kinds.js';
import type { JournalEntry, RecoveryJournal } from './recovery-journal.js';

const script = readFileSync(new URL('./apply-entry.lua', import.meta.url), 'utf8');

/** As long as it takes all processes to come back after an outage, generously. */
const markerTtlMs = 60_000;
const batchSize = 100;
const entriesPerSecond = 5_000;

/** What a journal came to. */
export interface JournalReport {
  /** Entries that were the last word on their key and are in Redis now. */
  readonly applied: number;
  /** Entries that a later one of another process had overtaken. */
  readonly overtaken: number;
  /** Entries that Redis refused for good. */
  readonly refused: number;
}

/** Brings the journal into Redis, in order, in batches, and not faster than a recovering server can bear. */
export class JournalSender {
  readonly #client: Redis;
  readonly #journal: RecoveryJournal;
  readonly #now: () => number;
  readonly #pacer = new Pacer({ perSecond: entriesPerSecond, maxBurst: batchSize });
  #sha: string | undefined;

  constructor(client: Redis, journal: RecoveryJournal, now: () => number) {
    this.#client = client;
    this.#journal = journal;
    this.#now = now;
  }

  /** The server may be another one: its script cache is not to be relied on. */
  forgetScript(): void {
    this.#sha = undefined;
  }

  /**
   * Sends one batch, if the pace allows it now. Entries stay in the journal until Redis has them.
   *
   * @throws what the connection throws; nothing is lost then, and repeating it does no harm
   */
  async sendBatch(): Promise<JournalReport> {
    const entries = this.#journal.first(batchSize);
    const report = { applied: 0, overtaken: 0, refused: 0 };
    if (entries.length === 0 || !this.#pacer.tryTake(entries.length)) return report;
    this.#sha ??= (await this.#client.script('LOAD', script)) as string;
    const pipeline = this.#client.pipeline();
    for (const entry of entries) pipeline.evalsha(this.#sha, 2, ...this.#scriptArguments(entry));
    const results = (await pipeline.exec()) ?? [];
    for (const [index, [error, applied]] of results.entries()) {
      const entry = entries[index] as JournalEntry;
      if (error) {
        const { fault, kind } = classifyError(error);
        if (kind === 'NOSCRIPT') this.forgetScript();
        if (fault !== 'caller' || kind === 'NOSCRIPT') throw error;
        report.refused++;
      } else if (applied === 1) report.applied++;
      else report.overtaken++;
      this.#journal.forget(entry.key, entry);
    }
    return report;
  }

  #scriptArguments({ key, kind, value, expiresAt, writtenAtUs }: JournalEntry): Array<string | number> {
    const ttlMs =
      expiresAt === Infinity || kind === 'del' ? '' : Math.max(1, Math.ceil(expiresAt - this.#now()));
    return [key, markerOf(key), kind, writtenAtUs, markerTtlMs, ttlMs, value ?? ''];
  }
}

/** In a cluster the marker must live where its key does. */
function markerOf(key: string): string {
  const tag = /\{([^}]+)\}/.exec(key)?.[1] ?? key;
  return `holdfast:journal:{${tag}}:${key}`;
}
