// GET and SET through everything that offers them. Imports are inside: a process loads only its own client.

const value = 'x'.repeat(100);
const keys = Array.from({ length: 1_000 }, (_, index) => `bench:command:${index}`);
const keyOf = (turn) => keys[turn % keys.length];

/** What our shared connection says to ioredis, with ioredis' own deadline in the place of ours. */
const sameOptions = {
  connectTimeout: 2_000,
  commandTimeout: 5_000,
  keepAlive: 30_000,
  maxRetriesPerRequest: 3,
  maxLoadingRetryTime: 500,
  keyPrefix: '',
  enableAutoPipelining: false,
  enableReadyCheck: true,
  autoResubscribe: true,
  autoResendUnfulfilledCommands: false,
  disableClientInfo: true,
  connectionName: 'bench:same',
};

export const contestants = [
  { id: 'ioredis-same', label: 'ioredis, our options', open: (url) => openIoredis(url, sameOptions) },
  {
    id: 'ioredis-no-deadline',
    label: 'ioredis, our options, no deadline',
    open: (url) => openIoredis(url, { ...sameOptions, commandTimeout: undefined }),
  },
  { id: 'ioredis', label: 'ioredis as it comes', open: (url) => openIoredis(url, {}) },
  {
    id: 'redis-client',
    label: 'REDIS_CLIENT',
    open: (url) => openHoldfast(url, (service) => service.getClient()),
  },
  { id: 'redis-service', label: 'RedisService', open: (url) => openHoldfast(url, (service) => service) },
  { id: 'node-redis', label: 'node-redis as it comes', open: (url) => openNodeRedis({ url }) },
  {
    // By default it makes an AbortSignal.timeout for each command.
    id: 'node-redis-no-deadline',
    label: 'node-redis, no deadline',
    open: (url) => openNodeRedis({ url, commandOptions: { timeout: undefined } }),
  },
];

async function openIoredis(url, options) {
  const { Redis } = await import('ioredis');
  const client = new Redis(url, options);
  return { operations: await prepared(client), close: () => client.quit() };
}

async function openHoldfast(url, pick) {
  const { createRedisService } = await import('@holdfast/redis');
  const silent = { log() {}, warn() {}, error() {}, debug() {} };
  const service = createRedisService({ url, appName: 'bench' }, { log: silent });
  await service.connect();
  return { operations: await prepared(pick(service)), close: () => service.close() };
}

async function openNodeRedis(options) {
  const { createClient } = await import('redis');
  const client = await createClient(options).connect();
  return { operations: await prepared(client), close: () => client.close() };
}

async function prepared(client) {
  for (const key of keys) await client.set(key, value);
  return {
    get: (turn) => client.get(keyOf(turn)),
    set: (turn) => client.set(keyOf(turn), value),
  };
}
