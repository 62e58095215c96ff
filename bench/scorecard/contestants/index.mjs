import { holdfast } from './holdfast.mjs';
import { ioredis } from './ioredis.mjs';
import { nestjsRedis } from './nestjs-redis.mjs';
import { nodeRedis } from './node-redis.mjs';

/**
 * @typedef {object} Opened what a contestant offers; every call may fail, wait, or never end
 * @property {(key: string) => Promise<unknown>} get
 * @property {(key: string, value: string) => Promise<unknown>} set
 * @property {(key: string) => Promise<unknown>} incr
 * @property {(channel: string, onMessage: () => void, onLost: () => void) => Promise<void>} subscribe on a
 *   connection of its own; `onLost` when the library says that it noticed the loss of it
 * @property {() => boolean} [standsIn] whether something else than Redis gives the answers now
 * @property {(error: unknown) => string | undefined} [outcomeOf] `not-sent`, `rejected` or `unknown`, where a
 *   library says what became of a call that failed
 * @property {() => Promise<unknown>} close
 */

/**
 * @typedef {object} Contestant
 * @property {string} id for flags
 * @property {string} label two short lines for a column, divided by `|`
 * @property {'client' | 'cache' | 'queue' | 'throttler'} kind what it is compared with. Clients are here; caches
 *   (bentocache, @keyv/redis), queues (bare BullMQ) and throttler storages (nest-lab) come with their rooms and
 *   bring a load of their kind in load.mjs
 * @property {boolean} [ours]
 * @property {string} how what was configured, in words for the report
 * @property {(url: string) => Promise<Opened>} open imports its package itself: a process loads only one
 */

/** @type {readonly Contestant[]} in the order of the columns */
export const contestants = [...holdfast, ...ioredis, ...nodeRedis, ...nestjsRedis];
