import { RedisConnectionState } from '@holdfast/redis';
import type { Violation } from '../invariants.js';
import type { Subject } from './subject.js';

const blockSeconds = 1;

/** A connection as BullMQ's workers have it: always one command that blocks, and no deadline. */
export const bullConnection: Subject = {
  name: 'a Bull connection',
  rows: 'B4 B7',
  async open({ site, options, log, service }) {
    const redis = service({ ...options, fallback: 'off' });
    const worker = redis.createBullConnection();
    const received: string[] = [];
    let given = 0;
    let open = true;
    let pops = 0;
    const working = (async () => {
      while (open) {
        pops++;
        const call = await log.call({ op: 'pop', key: 'queue' }, () => worker.blpop('queue', blockSeconds));
        const [, item] = (call.reply ?? []) as string[];
        if (item !== undefined) received.push(item);
        if (call.told !== 'ok') await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    worker.on('end', () => (open = false));
    return {
      // Without a connection it waits, as BullMQ wants it; with one, for its block time and what the heartbeat needs.
      deadlineMs: (op) => (op === 'pop' ? Infinity : options.commandTimeoutMs),
      foundLaterMs: blockSeconds * 1_000,
      isUp: () =>
        redis.getConnections().find(({ name }) => name === worker.options.connectionName)?.state ===
        RedisConnectionState.Connected,
      async works() {
        const before = pops;
        const startedAt = performance.now();
        while (pops === before && performance.now() - startedAt < 300) {
          await site.server.command('RPUSH', 'queue', `item ${given++}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return pops > before && log.records.at(-2)?.told === 'ok';
      },
      async work() {
        const item = `item ${given++}`;
        await log.call({ op: 'push', key: 'queue', value: item }, () =>
          redis.getClient().rpush('queue', item),
        );
      },
      async settle() {
        open = false;
        await working;
      },
      async violations({ lostAt }): Promise<Violation[]> {
        const waiting = (await site.server.command('LRANGE', 'queue', '0', '-1')) as string[];
        const all = [...received, ...waiting];
        const twice = all.length - new Set(all).size;
        const found: Violation[] = twice > 0 ? [`truth: ${twice} items were there twice`] : [];
        // Each pop that may have run may have taken one item with it.
        const mayHaveTaken = log.records.filter(({ op, told }) => op === 'pop' && told === 'unknown').length;
        const pushed = log.records.filter(({ op, told }) => op === 'push' && told === 'ok');
        const gone = pushed.filter(({ value }) => !all.includes(value as string)).length;
        if (gone > mayHaveTaken && lostAt === undefined) {
          found.push(`keep: ${gone} items are gone, but only ${mayHaveTaken} pops may have taken one`);
        }
        const ghosts = log.records.filter(
          ({ op, told, value }) =>
            op === 'push' && (told === 'not-sent' || told === 'rejected') && all.includes(value as string),
        );
        if (ghosts.length > 0)
          found.push(`no ghost writes: ${ghosts.length} pushes that were not sent arrived`);
        return found;
      },
    };
  },
};
