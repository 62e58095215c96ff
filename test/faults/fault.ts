import type { RedisModuleOptions } from '@holdfast/redis';
import type { FaultProxy, RedisServer, RedisServerOptions } from '@holdfast/testing';

/** Where a fault takes place: a server of its own, behind a proxy of its own. */
export interface FaultSite {
  readonly server: RedisServer;
  readonly proxy: FaultProxy;
  /** Everything Redis held was lost just now. */
  lost(): void;
}

/** Takes a fault away. */
export type EndFault = () => void | Promise<void>;

/** Something that goes wrong between an application and Redis, or in Redis. */
export interface Fault {
  readonly name: string;
  /**
   * How connections are found to be unusable: `at-once` when they are closed, `by-heartbeat` when they only
   * are silent; `not` when they stay usable, or come back before anybody looks.
   */
  readonly found: 'at-once' | 'by-heartbeat' | 'not';
  /** How much later than it begins it strikes an idle connection, in ms. @default 0 */
  readonly strikesAfterMs?: number;
  /** The application is started while it lasts, not before. */
  readonly fromTheStart?: boolean;
  /** How long it lasts in ms, after it was found. @default 1500 */
  readonly lastsMs?: number;
  /** Bytes of the values that are written. @default a few */
  readonly valueBytes?: number;
  /** Deadline of commands in ms. @default 2000 */
  readonly commandTimeoutMs?: number;
  /** The server it needs. */
  readonly server?: RedisServerOptions;
  /** How the application connects. @default by the proxy's URL */
  options?(site: FaultSite): RedisModuleOptions;
  /** Prepares the server before the application starts. */
  prepare?(site: FaultSite): Promise<void>;
  begin(site: FaultSite): EndFault | Promise<EndFault>;
}
