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
  const read = blockTimes.get(command.name) ?? blockTimes.get(command.name.toLowerCase());
  if (read === undefined || command.inTransaction) return undefined;
  const ms = read(command.args);
  return ms === 0 ? Infinity : ms;
}
