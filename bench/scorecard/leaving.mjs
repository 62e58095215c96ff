import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy, RedisServer } from '@holdfast/testing';
import { Contestant } from './contestant.mjs';
import { user } from './faults.mjs';

const settleMs = 1_000;
const patienceMs = 8_000;

/** In what the application is asked to leave. */
const outages = {
  refused: ({ proxy }) => proxy.refuse(),
  frozen: ({ server }) => server.pause(),
};

/**
 * Closes a contestant in an outage.
 *
 * @returns {Promise<Record<string, { tookMs: number | null, error?: string, connectionsLeft: number }>>} by outage;
 *   `null` when it did not end within 8 s
 */
export async function measureLeaving(contestant) {
  const results = {};
  for (const [name, begin] of Object.entries(outages)) results[name] = await leave(contestant, begin);
  return results;
}

async function leave(contestant, begin) {
  const server = await RedisServer.start({
    acl: [`user ${user.name} on >${user.password} ~* &* +@all`],
  });
  const proxy = await FaultProxy.start({ target: server });
  const child = new Contestant(contestant.id);
  try {
    const url = `redis://${user.name}:${user.password}@${proxy.host}:${proxy.port}`;
    await child.ask('open', { url, channel: 'leaving' });
    await child.ask('start');
    await sleep(settleMs / 2);
    await begin({ server, proxy });
    await sleep(settleMs);
    const closed = await Promise.race([child.ask('close'), sleep(patienceMs)]);
    await sleep(50);
    return {
      tookMs: closed?.tookMs ?? null,
      error: closed?.error,
      connectionsLeft: proxy.connections.length,
    };
  } catch (error) {
    return { tookMs: null, error: error.message, connectionsLeft: 0 };
  } finally {
    await child.end();
    await proxy.stop();
    await server.stop();
  }
}
