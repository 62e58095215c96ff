import { once } from 'node:events';
import { connect } from 'node:net';
import type { Fault } from '../fault.js';

/** Redis itself hangs, crashes, or refuses to work. */
export const serverFaults: readonly Fault[] = [
  {
    name: 'server frozen and thawed',
    found: 'by-heartbeat',
    async begin({ server }) {
      await server.pause();
      return () => server.resume();
    },
  },
  {
    name: 'restart with data',
    found: 'at-once',
    server: { persistence: true, directives: { appendfsync: 'always' } },
    async begin({ server }) {
      await server.kill();
      return () => server.restart();
    },
  },
  {
    name: 'restart empty',
    found: 'at-once',
    async begin({ server, lost }) {
      await server.kill();
      lost();
      return () => server.restart();
    },
  },
  {
    name: 'READONLY demotion',
    found: 'not',
    lastsMs: 3_000,
    async begin({ server }) {
      await server.command('REPLICAOF', '127.0.0.1', '1');
      return async () => void (await server.command('REPLICAOF', 'NO', 'ONE'));
    },
  },
  {
    name: 'LOADING',
    found: 'at-once',
    lastsMs: 0,
    server: { persistence: true, directives: { appendfsync: 'always', 'key-load-delay': 100 } },
    async prepare({ server }) {
      const script = "for i = 1, 20000 do redis.call('SET', 'ballast:' .. i, 'x') end";
      await server.command('EVAL', script, '0');
    },
    begin({ server }) {
      // It answers LOADING until it has loaded all of it, and then the promise resolves.
      const restarted = server.restart();
      return () => restarted;
    },
  },
  {
    name: 'max clients',
    found: 'at-once',
    lastsMs: 2_000,
    async begin({ server, proxy }) {
      // Takes the one place there is, and gives the others back at the end: nobody else gets in meanwhile.
      const holder = connect(server.port, server.host);
      await once(holder, 'connect');
      const setMaxClients = async (count: number): Promise<void> => {
        holder.write(`CONFIG SET maxclients ${count}\r\n`);
        await once(holder, 'data');
      };
      await setMaxClients(1);
      proxy.cut();
      return async () => {
        await setMaxClients(1_000);
        holder.destroy();
      };
    },
  },
  {
    name: 'OOM with noeviction',
    found: 'not',
    lastsMs: 2_500,
    begin: async ({ server }) => {
      await server.command('CONFIG', 'SET', 'maxmemory', '1');
      return async () => void (await server.command('CONFIG', 'SET', 'maxmemory', '0'));
    },
  },
];
