import { RedisConnectionState } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { untypedErrors } from '../invariants.js';
import { readSnapshot } from '../snapshot.js';
import { CommandWork, workKeys } from './command-work.js';
import type { Subject } from './subject.js';

/** `RedisService` as it comes: memory stands in, and what was written meanwhile is brought to Redis. */
export const fallbackService: Subject = {
  name: 'RedisService',
  rows: 'B1 B2 B3 B4 B6 B7',
  async open({ fault, site, options, log, service }) {
    const redis = service(options);
    const work = new CommandWork(redis, log, fault.valueBytes);
    let standsIn = false;
    redis.events.on('fallback', ({ active }) => (standsIn = active));
    return {
      deadlineMs: () => options.commandTimeoutMs,
      isUp: () => redis.getConnectionState() === RedisConnectionState.Connected,
      works: async () => (await redis.incr('probe')) > 0,
      work: () => work.next(),
      // It says so itself when the journal is empty.
      settle: async () => void (await waitFor(() => !standsIn, { message: 'the end of the fallback' })),
      violations: async (history) => [
        ...work.violations(await readSnapshot(site.server, workKeys), history),
        ...untypedErrors(log.records),
      ],
    };
  },
};
