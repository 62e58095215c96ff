import type { Socket } from 'node:net';
import { FREE_PACE, type Pace } from './pace.js';

interface Parcel {
  bytes: Buffer;
  dueAt: number;
  done: (() => void) | undefined;
}

const MAX_QUEUED_BYTES = 1_048_576;
const SLICE_MS = 20;
const EMPTY = Buffer.alloc(0);

/**
 * One direction of a connection. Keeps the order of all that goes through it, whatever the pace, and makes the
 * source wait while too much is queued or the destination is slow.
 */
export class Lane {
  private pace = FREE_PACE;
  private destination: Socket | undefined;
  private readonly queue: Parcel[] = [];
  private queuedBytes = 0;
  private lastDueAt = 0;
  private pipeFreeAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  /** @param source the socket that has to wait when too much is queued. */
  constructor(
    private readonly source: () => Socket | undefined,
    private readonly onDelivered: (bytes: number) => void,
  ) {}

  /** Where it leads; until then everything is queued. */
  attach(destination: Socket): void {
    this.destination = destination;
    destination.on('drain', () => this.regulateSource());
    this.pump();
  }

  /** Once dead it stays dead. */
  setPace(pace: Pace): void {
    if (pace.dead) this.close();
    const hurry = pace.latencyMs + pace.jitterMs < this.pace.latencyMs + this.pace.jitterMs;
    this.pace = pace;
    if (hurry) this.dropDelays();
    this.pump();
  }

  /** Sends bytes on their way; `done` is called when the last of them was handed to the destination. */
  write(bytes: Buffer, done?: () => void): void {
    if (this.closed) return;
    const now = performance.now();
    const { latencyMs, jitterMs } = this.pace;
    const lateMs = latencyMs + (jitterMs && Math.random() * jitterMs);
    const dueAt = (this.lastDueAt = Math.max(this.lastDueAt, lateMs && now + lateMs));
    this.queue.push({ bytes, dueAt, done });
    this.queuedBytes += bytes.length;
    this.pump();
  }

  /** Calls back once everything written so far has been delivered. */
  afterAll(action: () => void): void {
    this.write(EMPTY, action);
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Loses what is queued and whatever comes. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.queue.length = 0;
    this.queuedBytes = 0;
    this.regulateSource();
  }

  private pump(): void {
    clearTimeout(this.timer);
    while (this.queue.length > 0 && this.destination && !this.pace.held) {
      const now = performance.now();
      const parcel = this.queue[0]!;
      const waitMs = Math.max(parcel.dueAt, this.pipeFreeAt) - now;
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.pump(), Math.ceil(waitMs));
        break;
      }
      this.deliver(parcel, now, this.destination);
    }
    this.regulateSource();
  }

  private deliver(parcel: Parcel, now: number, destination: Socket): void {
    const { bytesPerSecond } = this.pace;
    let bytes = parcel.bytes;
    if (bytesPerSecond !== Infinity) {
      bytes = bytes.subarray(0, Math.max(1, Math.floor((bytesPerSecond * SLICE_MS) / 1_000)));
      // A timer that fired late makes up for at most one slice.
      this.pipeFreeAt = Math.max(this.pipeFreeAt, now - SLICE_MS) + (bytes.length * 1_000) / bytesPerSecond;
    }
    if (bytes.length === parcel.bytes.length) this.queue.shift();
    else parcel.bytes = parcel.bytes.subarray(bytes.length);
    this.queuedBytes -= bytes.length;
    if (bytes.length > 0 && destination.writable) {
      destination.write(bytes);
      this.onDelivered(bytes.length);
    }
    if (this.queue[0] !== parcel) parcel.done?.();
  }

  private dropDelays(): void {
    this.lastDueAt = 0;
    for (const parcel of this.queue) parcel.dueAt = 0;
  }

  private regulateSource(): void {
    const source = this.source();
    if (!source) return;
    const isFull = this.queuedBytes > MAX_QUEUED_BYTES || (this.destination?.writableNeedDrain ?? false);
    if (isFull && !this.closed) source.pause();
    else if (source.isPaused()) source.resume();
  }
}
