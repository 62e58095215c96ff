import type { Clock, Timer } from './clock.js';

interface PendingTimer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  private readonly timers = new Set<PendingTimer>();

  /** @param time milliseconds shown at the start. @default 0 */
  constructor(private time = 0) {}

  now(): number {
    return this.time;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer = { at: this.time + delayMs, callback };
    this.timers.add(timer);
    return { cancel: () => void this.timers.delete(timer) };
  }

  /** How many timers are set and neither fired nor cancelled. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  /** Moves time forward by so many milliseconds and runs, in order, the timers that become due. */
  advance(byMs: number): void {
    const target = this.time + byMs;
    for (let due = this.earliest(target); due; due = this.earliest(target)) {
      this.timers.delete(due);
      this.time = Math.max(this.time, due.at);
      due.callback();
    }
    this.time = target;
  }

  private earliest(until: number): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.timers) {
      if (timer.at <= until && (!first || timer.at < first.at)) first = timer;
    }
    return first;
  }
}
