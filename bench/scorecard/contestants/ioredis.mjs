/**
 * What articles and issue threads recommend together: give up a request after 3 attempts to connect instead of
 * 20, give each command a deadline of 5 s (the same as ours), connect within 2 s, and on READONLY connect anew
 * and send the command again (`2`, from ioredis's README). The offline queue stays on, as it does in most
 * applications: without it every command fails until the first connection stands.
 */
const recommended = {
  maxRetriesPerRequest: 3,
  commandTimeout: 5_000,
  connectTimeout: 2_000,
  keepAlive: 30_000,
  retryStrategy: (times) => Math.min(times * 50, 2_000),
  reconnectOnError: (error) => (error.message.includes('READONLY') ? 2 : false),
};

/** The other school: never wait. */
const failFast = {
  ...recommended,
  maxRetriesPerRequest: 1,
  commandTimeout: 1_000,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
};

/** @type {readonly import('./index.mjs').Contestant[]} */
export const ioredis = [
  {
    id: 'ioredis',
    label: 'ioredis 6|as it comes',
    kind: 'client',
    how: '`new Redis(url)` with an `error` listener that logs',
    open: (url) => open(url, {}),
  },
  {
    id: 'ioredis-recommended',
    label: 'ioredis 6|recommended',
    kind: 'client',
    how: '`maxRetriesPerRequest: 3`, `commandTimeout: 5000`, `connectTimeout: 2000`, `reconnectOnError` with 2 on READONLY',
    open: (url) => open(url, recommended),
  },
  {
    id: 'ioredis-fail-fast',
    label: 'ioredis 6|fail fast',
    kind: 'client',
    how: 'the same, but `commandTimeout: 1000`, `maxRetriesPerRequest: 1`, `enableOfflineQueue: false`, `autoResendUnfulfilledCommands: false`',
    open: (url) => open(url, failFast),
  },
];

async function open(url, options) {
  const { Redis } = await import('ioredis');
  const client = new Redis(url, options);
  client.on('error', (error) => console.error(error));
  if (client.status !== 'ready') await new Promise((resolve) => client.once('ready', resolve));
  const connections = [client];
  return {
    get: (key) => client.get(key),
    set: (key, value) => client.set(key, value),
    incr: (key) => client.incr(key),
    async subscribe(channel, onMessage, onLost) {
      const subscriber = client.duplicate();
      connections.push(subscriber);
      subscriber.on('error', (error) => console.error(error));
      subscriber.on('message', onMessage);
      subscriber.on('close', onLost);
      if (subscriber.status !== 'ready') await new Promise((resolve) => subscriber.once('ready', resolve));
      await subscriber.subscribe(channel);
    },
    close: () => Promise.all(connections.map((connection) => connection.quit())),
  };
}
