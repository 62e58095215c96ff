/** The answer of INFO: sections in lower case, fields as Redis names them, values as text. */
export type RedisInfo = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Parses the answer of INFO.
 *
 * @see https://redis.io/docs/latest/commands/info/
 */
export function parseInfo(text: string): RedisInfo {
  const info: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) {
      section = {};
      info[line.slice(1).trim().toLowerCase()] = section;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon > 0) section[line.slice(0, colon)] = line.slice(colon + 1);
  }
  return info;
}

/** Memory of the server as a person reads it, e.g. `2.5M`, `3.1M`, `1.03`. */
export interface RedisMemoryStats {
  readonly used: string;
  readonly peak: string;
  /** Resident memory divided by used memory. */
  readonly fragmentation: string;
}

export function readMemoryStats(info: RedisInfo): RedisMemoryStats {
  const memory = info.memory ?? {};
  return {
    used: memory.used_memory_human ?? 'unknown',
    peak: memory.used_memory_peak_human ?? 'unknown',
    fragmentation: memory.mem_fragmentation_ratio ?? 'unknown',
  };
}
