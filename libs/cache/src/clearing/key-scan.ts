import type { RedisService } from '@holdfast/redis';
import { escapeGlob } from '../keys/cache-keys.js';

const count = 1_000;

/** As much of a client as a scan needs, standalone or cluster. */
interface Scannable {
  scan(
    cursor: string,
    ...args: ['MATCH', string, 'COUNT', number]
  ): Promise<[cursor: string, keys: string[]]>;
}

/**
 * The keys of Redis that begin with a prefix, in batches, without the key prefix of the connection. A key that
 * is there all the time is found; some may be found twice. `SCAN` on every master
 *
 * @param pattern glob for what follows the prefix. @default everything
 * @throws what {@link RedisService.guard} throws
 */
export async function* scanKeys(redis: RedisService, prefix: string, pattern = '*'): AsyncGenerator<string[]> {
  const client = redis.getClient();
  // ioredis puts its prefix neither before patterns nor takes it from what it finds.
  const connectionPrefix = client.options.keyPrefix ?? '';
  const match = escapeGlob(connectionPrefix + prefix) + pattern;
  for (const node of mastersOf(client)) {
    let cursor = '0';
    do {
      const [next, keys] = await redis.guard('cache-scan', () => node.scan(cursor, 'MATCH', match, 'COUNT', count));
      cursor = next;
      if (keys.length > 0) yield keys.map((key) => key.slice(connectionPrefix.length));
    } while (cursor !== '0');
  }
} // prettier-ignore

function mastersOf(client: object): Scannable[] {
  const cluster = client as { nodes?: (role: 'master') => Scannable[] };
  return typeof cluster.nodes === 'function' ? cluster.nodes('master') : [client as Scannable];
}
