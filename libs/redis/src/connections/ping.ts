import { Command, type Redis } from 'ioredis';

/**
 * Sends PING and waits for its answer, past circuit breaker and statistics.
 *
 * @param timeoutMs most time for the answer, from the call on
 * @throws when there is no answer in time, or the connection fails
 */
export async function ping(client: Redis, timeoutMs: number): Promise<void> {
  const command = new Command('ping', [], { replyEncoding: 'utf8' });
  const timer = setTimeout(
    () => command.reject(new Error(`PING was not answered within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  try {
    client.sendCommand(command);
    await command.promise;
  } finally {
    clearTimeout(timer);
  }
}
