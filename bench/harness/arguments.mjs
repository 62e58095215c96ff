import { parseArgs } from 'node:util';

export const usage = `npm run bench -- [flags]

  --list           names the suites
  --suite <name>   only this suite; may be repeated
  --only <id>      only this contestant, and the baseline; may be repeated
  --quick          short rounds: for a first look, not for figures
  --repeat <n>     rounds, instead of the suite's own number
  --write          puts the results into docs/performance.md
  --profile        a CPU profile of each contestant, in bench/results/profiles, and its top functions
  --no-build       takes dist as it is
  --help           this text

REDIS_URL names a server to use instead of one of its own; its database is written to.`;

/**
 * @param {string[]} args
 * @throws with a sentence for the user
 */
export function parseArguments(args) {
  const { values } = parse(args);
  const repeat = values.repeat === undefined ? undefined : Number(values.repeat);
  if (repeat !== undefined && !(Number.isSafeInteger(repeat) && repeat >= 1)) {
    throw new Error(`--repeat takes a whole number from 1 on, not "${values.repeat}"`);
  }
  return { ...values, repeat, build: !values['no-build'] };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        list: { type: 'boolean', default: false },
        suite: { type: 'string', multiple: true },
        only: { type: 'string', multiple: true },
        quick: { type: 'boolean', default: false },
        repeat: { type: 'string' },
        write: { type: 'boolean', default: false },
        profile: { type: 'boolean', default: false },
        'no-build': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Error(`${error.message}\n\n${usage}`, { cause: error });
  }
}
