import { RedisConnectionState } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import type { Subject } from './subject.js';

/** A connection made with `duplicate()` that listens. */
export const subscriber: Subject = {
  name: 'a subscriber',
  rows: 'B4',
  async open({ site, options, log, service }) {
    const redis = service({ ...options, fallback: 'off' });
    const client = redis.duplicate();
    const seen = new Map<string, number>();
    client.on('message', (_: string, message: string) => seen.set(message, (seen.get(message) ?? 0) + 1));
    let subscribed = false;
    const subscribe = async (): Promise<void> => {
      await client.subscribe('news');
      subscribed = true;
    };
    subscribe().catch(() => undefined);
    let published = 0;
    let probes = 0;
    const isUp = (): boolean =>
      redis.getConnections().find(({ name }) => name === client.options.connectionName)?.state ===
      RedisConnectionState.Connected;
    return {
      deadlineMs: () => options.commandTimeoutMs,
      isUp,
      async works() {
        // It was started in an outage, and whoever subscribes is told that it did not work.
        if (!subscribed) await subscribe();
        const message = `probe ${probes++}`;
        await site.server.command('PUBLISH', 'news', message);
        return waitFor(() => seen.has(message), { timeoutMs: 200, intervalMs: 2 });
      },
      async work() {
        const message = `message ${published++}`;
        // Published past the faults; a server that hangs, or is gone, cannot be asked.
        if (!site.server.isRunning || !isUp()) return;
        await log.call({ op: 'publish', key: message }, () => redis.getClient().publish('news', message));
      },
      violations() {
        const twice = [...seen].filter(([, times]) => times > 1);
        return twice.length > 0
          ? [`truth: ${twice.length} messages came twice, e.g. ${String(twice[0]?.[0])}`]
          : [];
      },
    };
  },
};
