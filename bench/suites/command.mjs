import { loadSuite } from '../harness/load-suite.mjs';

const concurrencies = [1, 50, 500];

export const commandSuite = loadSuite({
  name: 'command',
  title: 'One command',
  about:
    'GET and SET of 100 bytes, one connection, one Node process a contestant. The baseline is ioredis with the options of our shared connection.',
  module: new URL('../contestants/command.mjs', import.meta.url),
  baseline: 'ioredis-same',
  cases: ['get', 'set'].flatMap((operation) =>
    concurrencies.map((concurrency) => ({
      operation,
      concurrency,
      label: `${operation.toUpperCase()}, ${concurrency} at once`,
    })),
  ),
  targets: [
    { contestant: 'redis-client', metric: 'opsPerSecond', within: 0.05 },
    { contestant: 'redis-service', metric: 'opsPerSecond', within: 0.1 },
  ],
});
