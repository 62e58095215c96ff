import { accessSync, constants, statSync } from 'node:fs';
import { z } from 'zod';

/** One setting: how it is written in the environment, what is accepted, and what it is by default. */
export interface Setting<T = unknown> {
  /** Environment variable. */
  readonly env: string;
  /** What it does, one sentence, as the README prints it. */
  readonly about: string;
  /** What is accepted, as errors and the README print it. */
  readonly accepted: string;
  /** Checks and completes a value given in code or read from the environment; holds the default. */
  readonly schema: z.ZodType<T>;
  /** The default as the README prints it, when it is not the schema's. */
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
export function integer(about: About, range: { min: number; max: number; default: number }) {
  return {
    ...about,
    accepted: `an integer from ${range.min} to ${range.max}`,
    schema: z.number().int().min(range.min).max(range.max).default(range.default),
    fromText: toNumber,
  };
}

/** A whole number of milliseconds. */
export function milliseconds(about: About, range: { min: number; max: number; default: number }) {
  return { ...integer(about, range), accepted: `milliseconds, an integer from ${range.min} to ${range.max}` };
}

/** A share, from 0 to 1. */
export function ratio(about: About, byDefault: number) {
  return {
    ...about,
    accepted: 'a number above 0 and up to 1',
    schema: z.number().gt(0).max(1).default(byDefault),
    fromText: (text: string): unknown => (/^\s*\d*\.?\d+\s*$/.test(text) ? Number(text) : text),
  };
}

/** A whole number that may be left out. */
export function optionalInteger(about: About, range: { min: number; max: number }) {
  return {
    ...about,
    accepted: `an integer from ${range.min} to ${range.max}`,
    schema: z.number().int().min(range.min).max(range.max).optional(),
    fromText: toNumber,
  };
}

/** `true` or `false`; in the environment also 1/0, yes/no, on/off. */
export function boolean(about: About, byDefault: boolean) {
  return { ...optionalBoolean(about), schema: z.boolean().default(byDefault) };
}

/** A boolean whose default is decided elsewhere. */
export function optionalBoolean(about: About) {
  return {
    ...about,
    accepted: 'true or false (also 1/0, yes/no, on/off)',
    schema: z.boolean().optional(),
    fromText: (text: string): unknown => booleans.get(text.trim().toLowerCase()) ?? text,
  };
}

/** Text that fits a pattern. */
export function text(about: About, form: { accepted: string; pattern: RegExp; default: string }) {
  return { ...optionalText(about, form), schema: z.string().regex(form.pattern).default(form.default) };
}

/** Text that may be left out. */
export function optionalText(
  about: About,
  form: { accepted: string; pattern: RegExp } = { accepted: 'text that is not empty', pattern: /./s },
) {
  return {
    ...about,
    accepted: form.accepted,
    schema: z.string().regex(form.pattern).optional(),
    fromText: asIs,
  };
}

/** A certificate as text. In the environment its line breaks may be written as `\n`. */
export function pemText(about: About) {
  const pattern = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;
  return {
    ...optionalText(about, { accepted: 'PEM text with -----BEGIN CERTIFICATE-----', pattern }),
    fromText: (text: string): unknown => text.replaceAll('\\n', '\n'),
  };
}

/** One of a few words. */
export function oneOf<const Word extends string>(about: About, words: readonly Word[], byDefault: Word) {
  return {
    ...about,
    accepted: words.join(' or '),
    schema: z.enum(words).default(byDefault),
    fromText: asIs,
  };
}

/** Several texts; separated by commas in the environment. */
export function list(about: About, form: { accepted: string; pattern: RegExp }) {
  return {
    ...about,
    accepted: `${form.accepted}, separated by commas`,
    schema: z.array(z.string().regex(form.pattern)).readonly().default([]),
    fromText: (text: string): unknown =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
  };
}

/** The path of a file that this process can read. */
export function readableFile(about: About) {
  return {
    ...about,
    accepted: 'the path of a file that this process may read',
    schema: z
      .string()
      .refine((path) => {
        try {
          accessSync(path, constants.R_OK);
          return !statSync(path).isDirectory();
        } catch {
          return false;
        }
      })
      .optional(),
    fromText: asIs,
  };
}
