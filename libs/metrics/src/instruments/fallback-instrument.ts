import type { RedisService } from '@holdfast/redis';
import type { MetricsInstrument } from './instrument.js';
import { totalsByOperation } from './operation-totals.js';

const states = {
  holdfast_redis_fallback_active: {
    help: '1 from the first answer out of memory until Redis has every write, else 0.',
    of: (redis: RedisService) => Number(redis.getFallbackState().active),
  },
  holdfast_redis_fallback_items: {
    help: 'Copies of values in memory, the journal not counted.',
    of: (redis: RedisService) =>
      redis.getFallbackCacheStats().itemCount - redis.getFallbackState().journalEntries,
  },
  holdfast_redis_fallback_bytes: {
    help: 'Bytes of the copies in memory, the journal not counted.',
    of: (redis: RedisService) =>
      redis.getFallbackCacheStats().calculatedSize - redis.getFallbackState().journalBytes,
  },
  holdfast_redis_journal_entries: {
    help: 'Writes that Redis does not have yet.',
    of: (redis: RedisService) => redis.getFallbackState().journalEntries,
  },
  holdfast_redis_journal_bytes: {
    help: 'Bytes of the writes that Redis does not have yet.',
    of: (redis: RedisService) => redis.getFallbackState().journalBytes,
  },
};

const outcomes = ['applied', 'overtaken', 'refused', 'discarded'] as const;

/** Memory that stands in for Redis, and the journal of what was written meanwhile. */
export const fallbackInstrument: MetricsInstrument = ({ series, services }) => {
  for (const [name, { help, of }] of Object.entries(states)) {
    series.gauge({
      name,
      help,
      labelNames: ['registration'],
      read: (set) => {
        for (const { registration, redis } of services) {
          // With the fallback off there is a journal that is always empty, and no statistics.
          set({ registration }, Math.max(0, of(redis)));
        }
      },
    });
  }

  series.counter({
    name: 'holdfast_redis_fallback_answers_total',
    help: 'Calls that memory answered, by operation.',
    labelNames: ['registration', 'db_operation_name'],
    read: (set) => {
      for (const service of services) {
        for (const [operation, { fallbacks }] of totalsByOperation(service)) {
          set({ registration: service.registration, db_operation_name: operation }, fallbacks);
        }
      }
    },
  });

  const writes = series.counter({
    name: 'holdfast_redis_journal_writes_total',
    help: 'Writes of the journal by what became of them, counted when the journal is empty again.',
    labelNames: ['registration', 'outcome'],
  });
  for (const { registration, redis } of services) {
    for (const outcome of outcomes) writes.inc({ registration, outcome }, 0);
    series.follow(redis.events, 'journal', ({ state, entries, overtaken = 0, refused = 0 }) => {
      writes.inc({ registration, outcome: state }, entries);
      writes.inc({ registration, outcome: 'overtaken' }, overtaken);
      writes.inc({ registration, outcome: 'refused' }, refused);
    });
  }
};
