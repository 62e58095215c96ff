import { RedisConnectionState } from '@holdfast/redis';
import { readSnapshot } from '../snapshot.js';
import { CommandWork, workKeys } from './command-work.js';
import type { Subject } from './subject.js';

/** `REDIS_CLIENT`, as every library gets it that brings its own commands. */
export const sharedClient: Subject = {
  name: 'the shared client',
  rows: 'B4 B6 B7',
  async open({ fault, site, options, log, service }) {
    const redis = service({ ...options, fallback: 'off' });
    const client = redis.getClient();
    const work = new CommandWork(client, log, fault.valueBytes);
    return {
      deadlineMs: () => options.commandTimeoutMs,
      isUp: () => redis.getConnectionState() === RedisConnectionState.Connected,
      works: async () => (await client.incr('probe')) > 0,
      work: () => work.next(),
      violations: async (history) => work.violations(await readSnapshot(site.server, workKeys), history),
    };
  },
};
