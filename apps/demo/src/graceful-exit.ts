import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';

/** Longest time in ms for requests that are being answered. */
const drainMs = 400;
/** When the process ends in any case. */
const exitMs = 1_800;

/**
 * Ends the process at the first SIGINT or SIGTERM: requests are answered, connections closed, then `last` runs.
 * The second one ends it at once, as does a step that takes too long.
 */
export function exitGracefully(app: INestApplication, last: () => Promise<void>): void {
  let leaving = false;
  const leave = async (signal: NodeJS.Signals): Promise<void> => {
    if (leaving) process.exit(signal === 'SIGINT' ? 130 : 143);
    leaving = true;
    setTimeout(() => process.exit(1), exitMs).unref();
    drain(app.getHttpServer() as Server);
    try {
      await app.close();
    } finally {
      await last();
    }
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      leave(signal).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
      });
    });
  }
}

/** A browser keeps its connections open; those that are idle must not hold up the end. */
function drain(server: Server): void {
  setInterval(() => server.closeIdleConnections(), 20).unref();
  setTimeout(() => server.closeAllConnections(), drainMs).unref();
}
