import { ConnectionClosedError } from 'bullmq';
import type { Redis } from 'ioredis';

/** One pair of listeners for a connection, however many jobs wait for it. */
const waits = new WeakMap<Redis, Promise<void>>();

/**
 * Waits until the connection can be used, without limit of time.
 *
 * @param signal gives up waiting
 * @throws {ConnectionClosedError} when it is closed for good, or the waiting was given up
 */
export async function untilUsable(client: Redis, signal?: AbortSignal): Promise<void> {
  if (client.status === 'ready') return;
  if (client.status === 'end' || signal?.aborted) throw new ConnectionClosedError();
  const usable = waits.get(client) ?? begin(client);
  if (signal === undefined) return usable;
  let giveUp!: () => void;
  const given = new Promise<never>((_, reject) => (giveUp = () => reject(new ConnectionClosedError())));
  signal.addEventListener('abort', giveUp);
  try {
    await Promise.race([usable, given]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function begin(client: Redis): Promise<void> {
  const wait = new Promise<void>((resolve, reject) => {
    const done = (settle: () => void) => (): void => {
      client.off('ready', ready);
      client.off('end', ended);
      waits.delete(client);
      settle();
    };
    const ready = done(resolve);
    const ended = done(() => reject(new ConnectionClosedError()));
    client.on('ready', ready);
    client.on('end', ended);
  });
  // Those who wait hear of it; there may be none left.
  wait.catch(() => undefined);
  waits.set(client, wait);
  return wait;
}
