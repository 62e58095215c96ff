import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import type { QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { quietErrors } from './quiet-errors.js';

/** Longest time for BullMQ to notice that the connection is closed. */
const closeMs = 500;

/**
 * Pause after the connection broke; BullMQ's own 5 s would miss that much of what happens, and keep the process
 * that long. Reading waits for the connection anyway.
 */
const againMs = 200;

interface Internals {
  running: boolean;
  closing?: unknown;
  checkConnectionError<T>(work: () => Promise<T>, delayMs?: number): Promise<T | undefined>;
  getBackend(): { connection: { _client: Redis } };
}

/**
 * Gives a listener to queue events what BullMQ's class lacks: it is back soon after an outage, starts again
 * when its start was interrupted, its `close()` ends also when it never connected, and it does not print to the console.
 */
export function superviseQueueEvents(events: QueueEvents, log: Pick<Logger, 'error'>): void {
  const internals = events as unknown as Internals;
  const { _client: client } = internals.getBackend().connection;
  quietErrors(events, log, events.name);
  const checkConnectionError = internals.checkConnectionError.bind(events);
  internals.checkConnectionError = (work) => checkConnectionError(work, againMs);
  client.on('ready', () => {
    if (!internals.running && !internals.closing) void events.run().catch(() => undefined);
  });
  const close = events.close.bind(events);
  let closed: Promise<void> | undefined;
  events.close = () => {
    closed ??= (async () => {
      client.disconnect();
      await Promise.race([close().catch(() => undefined), sleep(closeMs, undefined, { ref: false })]);
    })();
    return closed;
  };
}
