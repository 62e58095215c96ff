import { RedisConnectionState } from '@holdfast/redis';
import { untypedErrors } from '../invariants.js';
import { readSnapshot } from '../snapshot.js';
import { CommandWork, workKeys } from './command-work.js';
import type { Subject } from './subject.js';

/** `RedisService.strict`: retries what may be retried, guesses nothing. */
export const strictService: Subject = {
  name: 'RedisService.strict',
  rows: 'B1 B3 B4 B6 B7',
  async open({ fault, site, options, log, service }) {
    const redis = service(options);
    const work = new CommandWork(redis.strict, log, fault.valueBytes);
    return {
      deadlineMs: () => options.commandTimeoutMs,
      isUp: () => redis.getConnectionState() === RedisConnectionState.Connected,
      works: async () => (await redis.strict.incr('probe')) > 0,
      work: () => work.next(),
      violations: async (history) => [
        ...work.violations(await readSnapshot(site.server, workKeys), history),
        ...untypedErrors(log.records),
      ],
    };
  },
};
