import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {{ server: import('@holdfast/testing').RedisServer, proxy: import('@holdfast/testing').FaultProxy }} Site
 * @typedef {object} Fault
 * @property {string} id for flags
 * @property {string} label a row of the picture
 * @property {string} about what is done, for the report
 * @property {number} lastsMs
 * @property {number} [quickMs] with `--quick`
 * @property {import('@holdfast/testing').RedisServerOptions} [server]
 * @property {boolean} [losesData]
 * @property {(site: Site) => Promise<void>} [prepare] before the contestant connects
 * @property {(site: Site) => Promise<() => unknown> | (() => unknown)} begin returns what ends it
 */

const kept = { persistence: true, directives: { appendfsync: 'always' } };
const load = ['GET', 'SET', 'INCR'];
/** The user all contestants connect as; the witness and the faults are the default user. */
export const user = { name: 'app', password: 'right' };
const setPassword = ({ server }, password) =>
  server.command('ACL', 'SETUSER', user.name, 'resetpass', `>${password}`);

/** @type {readonly Fault[]} in the order of the rows */
export const faults = [
  {
    id: 'refused',
    label: 'connection refused',
    about: 'Connections are reset and new ones refused.',
    lastsMs: 8_000,
    async begin({ proxy }) {
      await proxy.refuse();
      return () => proxy.reset();
    },
  },
  {
    id: 'black-hole',
    label: 'black hole',
    about: 'Nothing comes through; what was held arrives when the network is back.',
    lastsMs: 8_000,
    begin({ proxy }) {
      proxy.faults.blackHole({ afterwards: 'deliver' });
      return () => proxy.reset();
    },
  },
  {
    id: 'half-open',
    label: 'half-open connection',
    about: 'Nothing comes through, and afterwards the network has forgotten the connections it had.',
    lastsMs: 8_000,
    begin({ proxy }) {
      proxy.faults.blackHole({ afterwards: 'dead' });
      return () => proxy.reset();
    },
  },
  {
    id: 'frozen',
    label: 'server frozen, thawed',
    about: 'The server is stopped by SIGSTOP and goes on by SIGCONT.',
    lastsMs: 8_000,
    async begin({ server }) {
      await server.pause();
      return () => server.resume();
    },
  },
  {
    id: 'latency',
    label: '2 s latency',
    about: 'Every reply comes 2 s late.',
    lastsMs: 6_000,
    begin({ proxy }) {
      proxy.faults.delay({ latencyMs: 2_000 });
      return () => proxy.reset();
    },
  },
  {
    id: 'cut-before',
    label: 'cut before a request',
    about: 'Twice a second the connection is cut before Redis sees a request.',
    lastsMs: 5_000,
    begin: ({ proxy }) => again(500, () => void proxy.faults.cutBefore({ commands: load, nth: 1 }), proxy),
  },
  {
    id: 'cut-after',
    label: 'cut before the reply',
    about: 'Twice a second the connection is cut when Redis has executed an INCR, and before it answers.',
    lastsMs: 5_000,
    begin: ({ proxy }) => again(500, () => void proxy.faults.cutAfter({ commands: ['INCR'], nth: 1 }), proxy),
  },
  {
    id: 'flapping',
    label: 'flapping',
    about: 'Refused for 500 ms, accepted for 500 ms, and so on.',
    lastsMs: 6_000,
    begin({ proxy }) {
      let refuses = false;
      const flap = () => {
        refuses = !refuses;
        return refuses ? proxy.refuse() : proxy.accept();
      };
      return again(500, flap, proxy);
    },
  },
  {
    id: 'restart',
    label: 'restart with data',
    about: 'Redis is killed and started again with what it had.',
    lastsMs: 6_000,
    server: kept,
    async begin({ server }) {
      await server.kill();
      return () => server.restart();
    },
  },
  {
    id: 'restart-empty',
    label: 'restart empty',
    about: 'Redis is killed and comes back with nothing.',
    lastsMs: 6_000,
    losesData: true,
    async begin({ server }) {
      await server.kill();
      return () => server.restart({ keepData: false });
    },
  },
  {
    id: 'readonly',
    label: 'READONLY demotion',
    about: 'The primary becomes a replica without a primary, and is promoted again.',
    lastsMs: 5_000,
    async begin({ server }) {
      await server.command('REPLICAOF', '127.0.0.1', '1');
      return () => server.command('REPLICAOF', 'NO', 'ONE');
    },
  },
  {
    id: 'loading',
    label: 'LOADING',
    about: 'Redis restarts with data that take it seconds to load; it answers LOADING meanwhile.',
    lastsMs: 0,
    server: { ...kept, directives: { appendfsync: 'always', 'key-load-delay': 100 } },
    async prepare({ server }) {
      const script = "for i = 1, 40000 do redis.call('SET', 'ballast:' .. i, 'x') end";
      await server.command('EVAL', script, '0');
    },
    begin({ server }) {
      const loaded = server.restart();
      return () => loaded;
    },
  },
  {
    id: 'oom',
    label: 'out of memory',
    about: 'maxmemory is reached, with noeviction: reads go on, writes are refused.',
    lastsMs: 5_000,
    async begin({ server }) {
      await server.command('CONFIG', 'SET', 'maxmemory', '1');
      return () => server.command('CONFIG', 'SET', 'maxmemory', '0');
    },
  },
  {
    id: 'password',
    label: 'password changed',
    about: 'The password is changed and the connections are killed; then the old one is back.',
    lastsMs: 6_000,
    async begin(site) {
      await setPassword(site, 'changed');
      await site.server.command('CLIENT', 'KILL', 'USER', user.name);
      return () => setPassword(site, user.password);
    },
  },
  {
    id: 'garbage',
    label: 'protocol garbage',
    about: 'Twice a second bytes arrive that are no RESP.',
    lastsMs: 5_000,
    begin: ({ proxy }) => again(500, () => proxy.sendGarbage(), proxy),
  },
  {
    id: 'half-reply',
    label: 'half a reply',
    about: 'One reply arrives half, then nothing more on that connection.',
    lastsMs: 8_000,
    begin({ proxy }) {
      proxy.faults.halfReply({ commands: ['GET'], nth: 1, ending: 'stall' });
      return () => proxy.reset();
    },
  },
];

/** Does something now and every so many milliseconds; what it returns stops that and heals the network. */
function again(intervalMs, act, proxy) {
  let goesOn = true;
  const acting = (async () => {
    while (goesOn) {
      await act();
      await sleep(intervalMs);
    }
  })();
  return async () => {
    goesOn = false;
    await acting;
    await proxy.reset();
  };
}
