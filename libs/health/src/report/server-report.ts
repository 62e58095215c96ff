import type { RedisInfo } from '@holdfast/redis';

/** What Redis says of itself, as INFO prints it. What this server does not tell is absent. */
export interface RedisServerReport {
  /** `master` or `slave`. */
  readonly role?: string;
  readonly version?: string;
  readonly uptimeSeconds?: number;
  readonly memory: {
    /** E.g. `2.5M`. */
    readonly used?: string;
    readonly peak?: string;
    /** Resident memory divided by used memory. */
    readonly fragmentation?: string;
    /** The limit, e.g. `1.00G`; `0B` is none. */
    readonly max?: string;
  };
  readonly clients: {
    /** All that are connected, ours included. */
    readonly connected?: number;
    /** Waiting in a blocking command. */
    readonly blocked?: number;
  };
}

/** Picks out of INFO what tells how a server is. */
export function readServerReport(info: RedisInfo): RedisServerReport {
  const { server, memory, clients, replication } = info;
  return {
    ...present('role', replication?.role),
    ...present('version', server?.redis_version),
    ...present('uptimeSeconds', toNumber(server?.uptime_in_seconds)),
    memory: {
      ...present('used', memory?.used_memory_human),
      ...present('peak', memory?.used_memory_peak_human),
      ...present('fragmentation', memory?.mem_fragmentation_ratio),
      ...present('max', memory?.maxmemory_human),
    },
    clients: {
      ...present('connected', toNumber(clients?.connected_clients)),
      ...present('blocked', toNumber(clients?.blocked_clients)),
    },
  };
}

function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [N in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined || Number.isNaN(Number(text)) ? undefined : Number(text);
}
