// Outages, with the ioredis that is installed beside it. Also runs here: node test/packed/scripts/outage.mjs
import { createRequire } from 'node:module';
import { createRedisService } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';

const silent = { log() {}, warn() {}, error() {} };
const hasty = { commandTimeoutMs: 400, maxRetriesPerRequest: 1_000 };

/** Runs one scenario on a server, a proxy and a connected service of its own. */
async function withRedis(scenario, more = hasty) {
  const server = await RedisServer.start();
  const proxy = await FaultProxy.start({ target: server });
  const redis = createRedisService({ url: proxy.url, ...more }, { log: silent });
  try {
    await redis.connect();
    return await scenario({ server, proxy, redis, client: redis.getClient() });
  } finally {
    await redis.close(500);
    await proxy.stop();
    await server.stop();
  }
}

const isDown = (redis) => () => redis.getConnectionState() !== 'connected';

async function outcomesOf(calls) {
  const results = await Promise.allSettled(calls);
  return [...new Set(results.map(({ reason }) => (reason ? `${reason.code} ${reason.outcome}` : 'ok')))];
}

const write = (client) => Array.from({ length: 200 }, (_, index) => client.set(`ghost:${index}`, 'x'));

/** Every key there is, once the connection is back and has carried a later command. */
async function keysAfterRecovery(redis, server) {
  await redis.connect();
  await redis.set('marker', 'x');
  return (await server.command('KEYS', '*')).sort();
}

async function timed(work) {
  const startedAt = performance.now();
  const result = await work();
  return { ms: performance.now() - startedAt, result };
}

const refused = await withRedis(async ({ server, proxy, redis, client }) => {
  await proxy.refuse();
  await waitFor(isDown(redis));
  const calls = await timed(() => outcomesOf([...write(client), client.multi().incr('n').exec()]));
  await proxy.accept();
  return { outcomes: calls.result, endedMs: calls.ms, keys: await keysAfterRecovery(redis, server) };
});

const frozen = await withRedis(async ({ server, redis, client }) => {
  await server.pause();
  const { ms: detectedMs } = await timed(() => waitFor(isDown(redis), { timeoutMs: 10_000 }));
  const outcomes = await outcomesOf(write(client));
  await server.resume();
  const { ms: recoveredMs } = await timed(() => redis.connect());
  return { detectedMs, outcomes, recoveredMs, keys: await keysAfterRecovery(redis, server) };
});

const inFlight = await withRedis(async ({ proxy, redis, client }) => {
  proxy.faults.cutAfter({ commands: ['INCR'], nth: 1 });
  const { ms: failedMs, result: outcomes } = await timed(() => outcomesOf([client.incr('n')]));
  await redis.connect();
  return { outcomes, failedMs, value: await redis.get('n') };
});

const restarted = await withRedis(async ({ server, redis }) => {
  await server.kill();
  // Long enough for the pauses between attempts to be at their longest.
  await waitFor(() => redis.getConnections()[0].connectionAttempts > 8, { timeoutMs: 20_000 });
  await server.restart();
  return { recoveredMs: (await timed(() => redis.connect())).ms };
});

const leaving = await withRedis(async ({ server, redis }) => {
  redis.createBullConnection().blpop('jobs', 0).catch(() => undefined); // prettier-ignore
  await waitFor(() => redis.getConnections().every(({ state }) => state === 'connected'));
  await server.pause();
  const { ms: closedMs } = await timed(() => redis.close());
  return { closedMs, states: [...new Set(redis.getConnections().map(({ state }) => state))] };
}, {});

const waiting = await withRedis(async ({ proxy, redis, client }) => {
  proxy.cut();
  await waitFor(isDown(redis));
  const pushed = await Promise.all([1, 2, 3].map((value) => client.rpush('order', value)));
  return { pushed, values: await redis.lrange('order') };
});

const abandoned = await withRedis(async ({ server, proxy, redis }) => {
  proxy.cut();
  await waitFor(isDown(redis));
  const caller = new AbortController();
  const write = redis.strict.set('abandoned', 'x', undefined, { signal: caller.signal });
  caller.abort();
  return { outcomes: await outcomesOf([write]), keys: await keysAfterRecovery(redis, server) };
});

const { version: ioredis } = createRequire(import.meta.url)('ioredis/package.json');
console.log(JSON.stringify({ ioredis, refused, frozen, inFlight, restarted, leaving, waiting, abandoned }));
