/** @type {readonly import('./index.mjs').Contestant[]} */
export const nodeRedis = [
  {
    id: 'node-redis',
    label: 'node-redis 6|as it comes',
    kind: 'client',
    how: '`createClient({ url })` with an `error` listener that logs, as its README shows',
    open: (url) => open({ url }),
  },
  {
    id: 'node-redis-tuned',
    label: 'node-redis 6|ping + timeout',
    kind: 'client',
    how: '`pingInterval: 1000`, `socket: { socketTimeout: 3000, connectTimeout: 2000 }`',
    open: (url) =>
      open({ url, pingInterval: 1_000, socket: { socketTimeout: 3_000, connectTimeout: 2_000 } }),
  },
];

async function open(options) {
  const { createClient } = await import('redis');
  const client = createClient(options);
  client.on('error', (error) => console.error(error));
  await client.connect();
  return nodeRedisContestant(client, [client]);
}

/** What any version of node-redis offers. */
export function nodeRedisContestant(client, connections) {
  return {
    get: (key) => client.get(key),
    set: (key, value) => client.set(key, value),
    incr: (key) => client.incr(key),
    async subscribe(channel, onMessage, onLost) {
      const subscriber = client.duplicate();
      connections.push(subscriber);
      subscriber.on('error', (error) => {
        console.error(error);
        onLost();
      });
      await subscriber.connect();
      await subscriber.subscribe(channel, onMessage);
    },
    close: () => Promise.all(connections.map((connection) => connection.close())),
  };
}
