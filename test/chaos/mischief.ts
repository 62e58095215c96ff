import type { FaultProxy, RedisServer } from '@holdfast/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.js';

/** What happened when, for people. */
export type Say = (line: string) => void;

interface Mischief {
  readonly name: string;
  /** It leaves connections behind that look open and are not. */
  readonly leavesHalfOpen?: true;
  /** Does it; what it returns takes it away again. */
  begin(proxy: FaultProxy, random: Random): void | Promise<void>;
}

const commands = ['SET', 'DEL', 'INCR', 'GET', 'PUBLISH', 'EVALSHA', 'SUBSCRIBE'];

/** Every one of them ends with `proxy.reset()`. */
const ofNetworks: readonly Mischief[] = [
  { name: 'refuses', begin: (proxy) => proxy.refuse() },
  { name: 'is a black hole that forgets', leavesHalfOpen: true, begin: (proxy) => void proxy.faults.blackHole({ afterwards: 'dead' }) },
  { name: 'is a black hole', begin: (proxy) => void proxy.faults.blackHole() },
  { name: 'swallows replies', leavesHalfOpen: true, begin: (proxy) => void proxy.faults.blackHole({ direction: 'replies', afterwards: 'dead' }) },
  { name: 'is slow', begin: (proxy, random) => void proxy.faults.delay({ latencyMs: random.integer(20, 1_500) }) },
  { name: 'cuts everybody off', begin: (proxy) => proxy.cut() },
  { name: 'ends everybody', begin: (proxy) => proxy.cut('end') },
  { name: 'cuts before requests', begin: (proxy) => void proxy.faults.cutBefore({ commands }) },
  { name: 'cuts before one request', begin: (proxy, random) => void proxy.faults.cutBefore({ commands, nth: random.integer(1, 20) }) },
  { name: 'cuts after requests', begin: (proxy) => void proxy.faults.cutAfter({ commands }) },
  { name: 'cuts after one request', begin: (proxy, random) => void proxy.faults.cutAfter({ commands, nth: random.integer(1, 20) }) },
  { name: 'sends half a reply', begin: (proxy, random) => void proxy.faults.halfReply({ nth: random.integer(1, 20) }) },
  { name: 'stalls in half a reply', begin: (proxy, random) => void proxy.faults.halfReply({ ending: 'stall', nth: random.integer(1, 20) }) },
  { name: 'sends garbage', begin: (proxy) => proxy.sendGarbage() },
]; // prettier-ignore

/**
 * Does things to some of the ways to Redis until the time is up.
 *
 * @returns when it last left a connection half-open; a heartbeat still has to find what is left of those
 */
export async function troubleNetworks(
  proxies: readonly FaultProxy[],
  random: Random,
  untilMs: number,
  say: Say,
): Promise<number> {
  let halfOpenAt = -Infinity;
  while (performance.now() < untilMs) {
    await sleep(random.integer(50, 700));
    const all = random.chance(0.3);
    const chosen = all ? proxies : [random.pick(proxies)];
    const mischief = random.pick(ofNetworks);
    const lastsMs = random.integer(50, random.chance(0.25) ? 4_500 : 700);
    say(
      `${all ? 'every network' : `network ${proxies.indexOf(chosen[0] as FaultProxy)}`} ${mischief.name} for ${lastsMs} ms`,
    );
    await Promise.all(chosen.map((proxy) => mischief.begin(proxy, random)));
    if (mischief.leavesHalfOpen) halfOpenAt = performance.now();
    await sleep(Math.min(lastsMs, Math.max(0, untilMs - performance.now())));
    await Promise.all(chosen.map((proxy) => proxy.reset()));
  }
  return halfOpenAt;
}

/** Does things to Redis itself until the time is up; it is well when this has ended. */
export async function troubleServer(
  server: RedisServer,
  random: Random,
  untilMs: number,
  say: Say,
): Promise<void> {
  while (performance.now() < untilMs) {
    await sleep(Math.min(random.integer(1_500, 5_000), Math.max(0, untilMs - performance.now())));
    if (performance.now() >= untilMs) return;
    const lastsMs = Math.min(random.integer(50, 4_000), Math.max(50, untilMs - performance.now()));
    switch (random.integer(0, 3)) {
      case 0:
        say(`Redis is frozen for ${Math.round(lastsMs)} ms`);
        await server.pause();
        await sleep(lastsMs);
        await server.resume();
        break;
      case 1:
        say(`Redis is killed, and back after ${Math.round(lastsMs)} ms`);
        await server.kill();
        await sleep(lastsMs);
        await server.restart();
        break;
      case 2:
        say('Redis is restarted');
        await server.restart();
        break;
      default:
        say(`Redis is a replica for ${Math.round(lastsMs)} ms`);
        await server.command('REPLICAOF', '127.0.0.1', '1');
        await sleep(lastsMs);
        await server.command('REPLICAOF', 'NO', 'ONE');
    }
  }
}
