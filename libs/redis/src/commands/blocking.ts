type Arguments = readonly unknown[];

const seconds = (value: unknown): number => Math.max(0, Number(String(value)) || 0) * 1000;

const lastSeconds = (args: Arguments): number => seconds(args[args.length - 1]);
const firstSeconds = (args: Arguments): number => seconds(args[0]);
const lastMilliseconds = (args: Arguments): number => Math.max(0, Number(String(args[args.length - 1])) || 0);

function blockOption(args: Arguments): number | undefined {
  // Keys, groups and consumers may be called BLOCK too: options are read in order, up to STREAMS.
  for (let at = 0; at < args.length; at++) {
    switch (String(args[at]).toUpperCase()) {
      case 'BLOCK':
        return Math.max(0, Number(String(args[at + 1])) || 0);
      case 'STREAMS':
        return undefined;
      case 'GROUP':
        at += 2;
        break;
      case 'COUNT':
        at += 1;
        break;
      default:
    }
  }
  return undefined;
}

const blockTimes: ReadonlyMap<string, (args: Arguments) => number | undefined> = new Map([
  ['blpop', lastSeconds],
  ['brpop', lastSeconds],
  ['brpoplpush', lastSeconds],
  ['blmove', lastSeconds],
  ['bzpopmin', lastSeconds],
  ['bzpopmax', lastSeconds],
  ['blmpop', firstSeconds],
  ['bzmpop', firstSeconds],
  ['xread', blockOption],
  ['xreadgroup', blockOption],
  ['wait', lastMilliseconds],
  ['waitaof', lastMilliseconds],
]);

/**
 * How long a command may block its connection, in milliseconds: `Infinity` when it blocks for ever,
 * `undefined` when it does not block at all. Inside MULTI nothing blocks.
 */
export function blockTimeMs(command: {
  name: string;
  args: Arguments;
  inTransaction?: boolean;
}): number | undefined {
  // Asked for every command that is sent; the names of all that block begin with b, w or x.
  const initial = command.name.charCodeAt(0) | 0x20;
  if (initial !== 0x62 && initial !== 0x77 && initial !== 0x78) return undefined;
  const read = blockTimes.get(command.name.toLowerCase());
  if (read === undefined || command.inTransaction) return undefined;
  const ms = read(command.args);
  return ms === 0 ? Infinity : ms;
}

const changesConnection = new Set(['multi', 'watch', 'monitor']);

/**
 * Whether a command sent on its own changes what the connection means for everyone who shares it: MULTI outside
 * of a pipeline would take commands of others into the transaction, WATCH would be ended by the EXEC of another.
 */
export function changesSharedConnection(name: string): boolean {
  return (name.charCodeAt(0) | 0x20) >= 0x6d && changesConnection.has(name.toLowerCase());
}
