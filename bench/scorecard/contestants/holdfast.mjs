/** @type {readonly import('./index.mjs').Contestant[]} */
export const holdfast = [
  {
    id: 'holdfast-client',
    label: 'Holdfast|REDIS_CLIENT',
    kind: 'client',
    ours: true,
    how: 'defaults; the shared ioredis client that `REDIS_CLIENT` injects',
    open: (url) => open(url, (service) => commandsOf(service.getClient())),
  },
  {
    id: 'holdfast-service',
    label: 'Holdfast|RedisService',
    kind: 'client',
    ours: true,
    how: 'defaults; memory answers `get` and `set` while Redis is away, `incr` is never guessed',
    open: (url) =>
      open(url, (service) => ({
        ...commandsOf(service),
        standsIn: () => service.getFallbackState().active,
      })),
  },
  {
    id: 'holdfast-strict',
    label: 'Holdfast|strict',
    kind: 'client',
    ours: true,
    how: 'defaults; `RedisService.strict`, never memory',
    open: (url) => open(url, (service) => commandsOf(service.strict)),
  },
];

async function open(url, pick) {
  const { createRedisService, RedisError } = await import('@holdfast/redis');
  const service = createRedisService({ url, appName: 'scorecard' });
  await service.connect();
  return {
    ...pick(service),
    outcomeOf: (error) => (RedisError.isRedisError(error) ? error.outcome : undefined),
    async subscribe(channel, onMessage, onLost) {
      const subscriber = service.duplicate();
      subscriber.on('message', onMessage);
      subscriber.on('close', onLost);
      await subscriber.subscribe(channel);
    },
    close: () => service.close(),
  };
}

function commandsOf(client) {
  return {
    get: (key) => client.get(key),
    set: (key, value) => client.set(key, value),
    incr: (key) => client.incr(key),
  };
}
