import { readFileSync } from 'node:fs';
import { Pacer } from '@holdfast/resilience';
import type { ChainableCommander, Redis } from 'ioredis';
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
  #mayScript = true;

  constructor(client: Redis, journal: RecoveryJournal, now: () => number) {
    this.#client = client;
    this.#journal = journal;
    this.#now = now;
  }

  /** The server may be another one: neither its script cache nor its ACL is known. */
  forgetScript(): void {
    this.#sha = undefined;
    this.#mayScript = true;
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
    const sha = await this.#loadScript();
    const pipeline = this.#client.pipeline();
    for (const entry of entries) {
      if (sha !== undefined) pipeline.evalsha(sha, 2, ...this.#scriptArguments(entry));
      else this.#addPlain(pipeline, entry);
    }
    const results = (await pipeline.exec()) ?? [];
    for (const [index, [error, applied]] of results.entries()) {
      const entry = entries[index] as JournalEntry;
      if (error) {
        const { fault, kind } = classifyError(error);
        if (kind === 'NOSCRIPT') this.forgetScript();
        const scriptRefused = sha !== undefined && kind === 'NOPERM';
        if (scriptRefused) this.#mayScript = false;
        if (fault !== 'caller' || kind === 'NOSCRIPT' || scriptRefused) throw error;
        report.refused++;
      } else if (sha === undefined || applied === 1) report.applied++;
      else report.overtaken++;
      this.#journal.forget(entry.key, entry);
    }
    return report;
  }

  /** `undefined` when the ACL user may not run scripts: entries are applied one by one then, the last to come wins. */
  async #loadScript(): Promise<string | undefined> {
    if (!this.#mayScript) return undefined;
    try {
      this.#sha ??= (await this.#client.script('LOAD', script)) as string;
    } catch (error) {
      if (classifyError(error).kind !== 'NOPERM') throw error;
      this.#mayScript = false;
    }
    return this.#sha;
  }

  #addPlain(pipeline: ChainableCommander, { key, kind, value = '', expiresAt }: JournalEntry): void {
    if (kind === 'del') pipeline.del(key);
    else if (kind === 'expire') pipeline.pexpire(key, this.#ttlMs(expiresAt));
    else if (expiresAt === Infinity) pipeline.set(key, value);
    else pipeline.set(key, value, 'PX', this.#ttlMs(expiresAt));
  }

  #ttlMs(expiresAt: number): number {
    return Math.max(1, Math.ceil(expiresAt - this.#now()));
  }

  #scriptArguments({ key, kind, value, expiresAt, writtenAtUs }: JournalEntry): Array<string | number> {
    const ttlMs = expiresAt === Infinity || kind === 'del' ? '' : this.#ttlMs(expiresAt);
    return [key, markerOf(key), kind, writtenAtUs, markerTtlMs, ttlMs, value ?? ''];
  }
}

/** In a cluster the marker must live where its key does. */
function markerOf(key: string): string {
  const tag = /\{([^}]+)\}/.exec(key)?.[1] ?? key;
  return `holdfast:journal:{${tag}}:${key}`;
}
