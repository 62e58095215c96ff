import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below what Linux (32768) and macOS (49152) give to outgoing connections: while a server is down, no client's
// own port can take its place, and a client that reconnects all the time cannot end up connected to itself.
const FIRST_PORT = 10_000;
const LAST_PORT = 32_767;
const MAX_ATTEMPTS = 200;

/**
 * A loopback port that was free a moment ago. Somebody else may take it in between: callers try again when
 * they cannot listen on it.
 *
 * @throws {Error} when no free port turned up.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (await isFree(host, port)) return port;
  }
  throw new Error(`No free port on ${host} between ${FIRST_PORT} and ${LAST_PORT}`);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
