/** Milliseconds between two looks at every connection. Deadlines and heartbeats are this exact. */
export const beatMs = 50;

/**
 * One timer for all connections of a service; it runs while there is one, and never keeps the process alive.
 */
export class PulseTimer {
  readonly #listeners = new Set<(now: number) => void>();
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Calls the listener with the monotonic time, every {@link beatMs}, until the returned function is called. */
  onBeat(listener: (now: number) => void): () => void {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#beat(), beatMs).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #beat(): void {
    const now = this.#now();
    for (const listener of this.#listeners) listener(now);
  }
}
