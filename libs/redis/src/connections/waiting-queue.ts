import type { Command } from 'ioredis';
import { commandBytes } from './command-bytes.js';

/** A command that waits for its connection. */
export interface WaitingCommand {
  readonly command: Command;
  /** The pipeline it belongs to, if any: all of a pipeline is sent, or none of it. */
  readonly pipeline: object | undefined;
  readonly bytes: number;
  /** Monotonic time in ms at which it leaves the queue unsent; `Infinity` for never. */
  readonly deadlineAt: number;
}

export interface WaitingQueueBounds {
  readonly maxCommands: number;
  readonly maxBytes: number;
}

/**
 * The bounded queue in which commands wait for their connection. What leaves it by time-out, overflow or
 * flush is gone: it can never be sent later.
 */
export class WaitingQueue {
  readonly #bounds: WaitingQueueBounds;
  #items: WaitingCommand[] = [];
  #bytes = 0;
  /** The pipeline that overflowed last; its remaining commands are refused too. */
  #refusedPipeline: object | undefined;

  constructor(bounds: WaitingQueueBounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#items.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Lets a command wait. When it does not fit, it is not taken, and what already waits of its pipeline is
   * taken out with it.
   *
   * @returns the commands that are refused: none, or this one and those of its pipeline
   */
  push(command: Command, pipeline: object | undefined, deadlineAt: number): readonly Command[] {
    const bytes = commandBytes(command);
    const refused =
      (pipeline !== undefined && pipeline === this.#refusedPipeline) ||
      this.#items.length >= this.#bounds.maxCommands ||
      this.#bytes + bytes > this.#bounds.maxBytes;
    if (refused) {
      const companions = pipeline === undefined ? [] : this.#remove((item) => item.pipeline === pipeline);
      this.#refusedPipeline = pipeline;
      return [...companions.map((item) => item.command), command];
    }
    // Commands of one pipeline must leave together, so they share the deadline of the first.
    const last = this.#items[this.#items.length - 1];
    const shared = pipeline !== undefined && last?.pipeline === pipeline ? last.deadlineAt : deadlineAt;
    this.#items.push({ command, pipeline, bytes, deadlineAt: shared });
    this.#bytes += bytes;
    return [];
  }

  /** Takes out what has waited past its deadline. */
  expire(now: number): readonly Command[] {
    return this.take((item) => item.deadlineAt <= now);
  }

  /** Takes out what matches. Commands of one pipeline must match together. */
  take(matches: (item: WaitingCommand) => boolean): readonly Command[] {
    if (!this.#items.some(matches)) return [];
    return this.#remove(matches).map((item) => item.command);
  }

  /** Takes out everything, in order of arrival. */
  drain(): readonly WaitingCommand[] {
    const items = this.#items;
    this.#items = [];
    this.#bytes = 0;
    this.#refusedPipeline = undefined;
    return items;
  }

  #remove(matches: (item: WaitingCommand) => boolean): WaitingCommand[] {
    const removed: WaitingCommand[] = [];
    const kept: WaitingCommand[] = [];
    for (const item of this.#items) (matches(item) ? removed : kept).push(item);
    this.#items = kept;
    for (const item of removed) this.#bytes -= item.bytes;
    return removed;
  }
}
