import type { Logger } from '@nestjs/common';
import { isAway } from '../failures.js';

interface ErrorEmitter {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * Keeps BullMQ from printing every failure of a connection to the console, where nobody listens: the connection
 * writes one line itself. Anything else is logged.
 */
export function quietErrors(emitter: ErrorEmitter, log: Pick<Logger, 'error'>, queue: string): void {
  emitter.on('error', (error) => {
    if (!isAway(error) && error.message !== 'Connection is closed.') {
      log.error(`event=queue-error queue=${queue} ${error.message}`);
    }
  });
}
