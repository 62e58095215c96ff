import type { RedisServer } from '@holdfast/testing';
import type { Snapshot } from './invariants.js';

const keysAtOnce = 500;

/** The strings whose keys match, asked past the proxy. */
export async function readSnapshot(server: RedisServer, pattern: RegExp): Promise<Snapshot> {
  const keys = ((await server.command('KEYS', '*')) as string[]).filter((key) => pattern.test(key));
  const snapshot = new Map<string, string>();
  for (let at = 0; at < keys.length; at += keysAtOnce) {
    const some = keys.slice(at, at + keysAtOnce);
    const values = (await server.command('MGET', ...some)) as Array<string | null>;
    some.forEach((key, index) => {
      const value = values[index];
      if (typeof value === 'string') snapshot.set(key, value);
    });
  }
  return snapshot;
}
