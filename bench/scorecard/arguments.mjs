import { parseArgs } from 'node:util';

export const usage = `npm run scorecard -- [flags]

  --list               names contestants and faults
  --contestant <id>    only this one; may be repeated, or a beginning such as holdfast
  --fault <id>         only this one; may be repeated
  --quick              faults half as long: for a first look, not for figures
  --parallel <n>       cells at once. Default: 3
  --write              writes docs/outages.md and docs/outages.svg; takes all contestants and faults
  --from-results       writes them from the last results instead of measuring
  --no-build           takes dist as it is
  --help               this text`;

/**
 * @param {string[]} args
 * @throws with a sentence for the user
 */
export function parseArguments(args) {
  const { values } = parse(args);
  const parallel = Number(values.parallel ?? 3);
  if (!(Number.isSafeInteger(parallel) && parallel >= 1 && parallel <= 16)) {
    throw new Error(`--parallel takes a whole number from 1 to 16, not "${values.parallel}"`);
  }
  if (values.write && (values.contestant || values.fault)) {
    throw new Error('--write takes all contestants and faults: leave --contestant and --fault out');
  }
  return { ...values, parallel, build: !values['no-build'], fromResults: values['from-results'] };
}

/**
 * @param {readonly { id: string }[]} all
 * @param {readonly string[] | undefined} wanted ids, or beginnings of ids
 * @param {string} what for the message
 */
export function choose(all, wanted, what) {
  if (!wanted) return all;
  const fitting = (name) =>
    all.some(({ id }) => id === name) ? all.filter(({ id }) => id === name) : all.filter(({ id }) => id.startsWith(name)); // prettier-ignore
  const unknown = wanted.find((name) => fitting(name).length === 0);
  if (unknown !== undefined) {
    throw new Error(`no ${what} "${unknown}"; there are: ${all.map(({ id }) => id).join(', ')}`);
  }
  return all.filter(({ id }) => wanted.some((name) => fitting(name).some((each) => each.id === id)));
}

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        list: { type: 'boolean', default: false },
        contestant: { type: 'string', multiple: true },
        fault: { type: 'string', multiple: true },
        quick: { type: 'boolean', default: false },
        parallel: { type: 'string' },
        write: { type: 'boolean', default: false },
        'from-results': { type: 'boolean', default: false },
        'no-build': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Error(`${error.message}\n\n${usage}`, { cause: error });
  }
}
