import { accessSync, constants, statSync } from 'node:fs';

/** One setting: how it is written in the environment, what is accepted, and what it is by default. */
export interface Setting<T = unknown> {
  /** Environment variable. */
  readonly env: string;
  /** What it does, one sentence, as the README prints it. */
  readonly about: string;
  /** What is accepted, as errors and the README print it. */
  readonly accepted: string;
  /** What holds when nothing is given. */
  readonly byDefault: T;
  /** Whether a value given in code or read from the environment is one that is accepted. */
  readonly accepts: (value: unknown) => boolean;
  /** The default as the README prints it, when it is not the one above. */
  readonly shownDefault?: string;
  /** How the text of the environment variable becomes a value. Text that cannot become one stays text. */
  readonly fromText: (text: string) => unknown;
  /** `all`: never printed. `url`: printed without its user information. */
  readonly secret?: 'all' | 'url';
}

type About = Pick<Setting, 'env' | 'about'> & Partial<Pick<Setting, 'secret' | 'shownDefault'>>;

const asIs = (text: string): unknown => text;

const toNumber = (text: string): unknown => (/^[+-]?\d+$/.test(text.trim()) ? Number(text) : text);

const booleans = new Map<string, boolean>(
  [
    ['true', '1', 'yes', 'on'],
    ['false', '0', 'no', 'off'],
  ].flatMap((words, index) => words.map((word): [string, boolean] => [word, index === 0])),
);

/** A whole number within a range. */
export function integer(about: About, range: { min: number; max: number; default: number }): Setting<number> {
  return { ...optionalInteger(about, range), byDefault: range.default };
}

/** A whole number of milliseconds. */
export function milliseconds(
  about: About,
  range: { min: number; max: number; default: number },
): Setting<number> {
  return { ...integer(about, range), accepted: `milliseconds, an integer from ${range.min} to ${range.max}` };
}

/** A share, from 0 to 1. */
export function ratio(about: About, byDefault: number): Setting<number> {
  return {
    ...about,
    accepted: 'a number above 0 and up to 1',
    byDefault,
    accepts: (value) => typeof value === 'number' && value > 0 && value <= 1,
    fromText: (text: string): unknown => (/^\s*\d*\.?\d+\s*$/.test(text) ? Number(text) : text),
  };
}

/** A whole number that may be left out. */
export function optionalInteger(
  about: About,
  { min, max }: { min: number; max: number },
): Setting<number | undefined> {
  return {
    ...about,
    accepted: `an integer from ${min} to ${max}`,
    byDefault: undefined,
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
    fromText: toNumber,
  };
}

/** `true` or `false`; in the environment also 1/0, yes/no, on/off. */
export function boolean(about: About, byDefault: boolean): Setting<boolean> {
  return { ...optionalBoolean(about), byDefault };
}

/** A boolean whose default is decided elsewhere. */
export function optionalBoolean(about: About): Setting<boolean | undefined> {
  return {
    ...about,
    accepted: 'true or false (also 1/0, yes/no, on/off)',
    byDefault: undefined,
    accepts: (value) => typeof value === 'boolean',
    fromText: (text: string): unknown => booleans.get(text.trim().toLowerCase()) ?? text,
  };
}

/** Text that fits a pattern. */
export function text(
  about: About,
  form: { accepted: string; pattern: RegExp; default: string },
): Setting<string> {
  return { ...optionalText(about, form), byDefault: form.default };
}

/** Text that may be left out. */
export function optionalText(
  about: About,
  form: { accepted: string; pattern: RegExp } = { accepted: 'text that is not empty', pattern: /./s },
): Setting<string | undefined> {
  return {
    ...about,
    accepted: form.accepted,
    byDefault: undefined,
    accepts: (value) => typeof value === 'string' && form.pattern.test(value),
    fromText: asIs,
  };
}

/** A certificate as text. In the environment its line breaks may be written as `\n`. */
export function pemText(about: About): Setting<string | undefined> {
  const pattern = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;
  return {
    ...optionalText(about, { accepted: 'PEM text with -----BEGIN CERTIFICATE-----', pattern }),
    fromText: (text: string): unknown => text.replaceAll('\\n', '\n'),
  };
}

/** One of a few words. */
export function oneOf<const Word extends string>(
  about: About,
  words: readonly Word[],
  byDefault: NoInfer<Word>,
): Setting<Word> {
  return {
    ...about,
    accepted: words.join(' or '),
    byDefault,
    accepts: (value) => (words as readonly unknown[]).includes(value),
    fromText: asIs,
  };
}

/** Several texts; separated by commas in the environment. */
export function list(about: About, form: { accepted: string; pattern: RegExp }): Setting<readonly string[]> {
  return {
    ...about,
    accepted: `${form.accepted}, separated by commas`,
    byDefault: [],
    accepts: (value) =>
      Array.isArray(value) && value.every((item) => typeof item === 'string' && form.pattern.test(item)),
    fromText: (text: string): unknown =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
  };
}

/** The path of a file that this process can read. */
export function readableFile(about: About): Setting<string | undefined> {
  return {
    ...about,
    accepted: 'the path of a file that this process may read',
    byDefault: undefined,
    accepts: (path) => typeof path === 'string' && isReadable(path),
    fromText: asIs,
  };
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}
