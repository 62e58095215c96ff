import { EventEmitter } from 'node:events';
import { RedisConnection } from 'bullmq';

/** A script as BullMQ defines it. */
export interface BullScript {
  readonly numberOfKeys: number;
  readonly lua: string;
}

/** Looks to BullMQ like a client, and writes down the scripts that are defined on it. */
class ScriptCollector extends EventEmitter {
  readonly status = 'ready';
  readonly options = {};
  readonly scripts = new Map<string, BullScript>();
  connect(): void {}
  disconnect(): void {}
  duplicate(): void {}

  defineCommand(name: string, script: BullScript): void {
    // Named `addStandardJob:6.7.0`.
    this.scripts.set(name.slice(0, name.lastIndexOf(':')), script);
  }
}

let collected: ReadonlyMap<string, BullScript> | undefined;

/** The scripts of the BullMQ that is installed, by name. They are not exported; every client gets them, though. */
export function bullScripts(): ReadonlyMap<string, BullScript> {
  if (collected === undefined) {
    const collector = new ScriptCollector();
    const options = { shared: true, blocking: false, skipVersionCheck: true, skipWaitingForReady: true };
    void new RedisConnection(collector as never, options);
    collected = collector.scripts;
  }
  return collected;
}
