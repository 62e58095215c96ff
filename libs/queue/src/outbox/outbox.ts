import type { AddRequest } from './add-request.js';

/** A job that waits, as text: it cannot change any more, and its size is known. */
export interface OutboxEntry {
  readonly order: number;
  readonly queue: string;
  readonly text: string;
  readonly bytes: number;
}

export interface OutboxBounds {
  readonly maxJobs: number;
  readonly maxBytes: number;
}

/** Jobs that wait for Redis, in the order in which they were added. Bounded in number and bytes. */
export class Outbox {
  readonly #bounds: OutboxBounds;
  readonly #entries: OutboxEntry[] = [];
  #bytes = 0;

  constructor(bounds: OutboxBounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#entries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes all of them, or none.
   *
   * @param force take them past the bounds: they may have run, and must not be given up
   * @returns whether they fitted
   */
  push(requests: readonly AddRequest[], force = false): boolean {
    const entries = requests.map(toEntry);
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    const { maxJobs, maxBytes } = this.#bounds;
    if (!force && (this.size + entries.length > maxJobs || this.#bytes + bytes > maxBytes)) return false;
    for (const entry of entries) this.#insert(entry);
    return true;
  }

  /** The oldest ones; they stay until {@link remove}. */
  first(count: number): readonly OutboxEntry[] {
    return this.#entries.slice(0, count);
  }

  /** Takes out what is settled. */
  remove(settled: ReadonlySet<OutboxEntry>): void {
    let kept = 0;
    for (const entry of this.#entries) {
      if (settled.has(entry)) this.#bytes -= entry.bytes;
      else this.#entries[kept++] = entry;
    }
    this.#entries.length = kept;
  }

  /** Nearly always at the end; what broke in flight may come in after younger ones. */
  #insert(entry: OutboxEntry): void {
    let at = this.#entries.length;
    while (at > 0 && (this.#entries[at - 1] as OutboxEntry).order > entry.order) at--;
    this.#entries.splice(at, 0, entry);
    this.#bytes += entry.bytes;
  }
}

function toEntry(request: AddRequest): OutboxEntry {
  const text = JSON.stringify(request);
  return { order: request.order, queue: request.queue, text, bytes: Buffer.byteLength(text) };
}
