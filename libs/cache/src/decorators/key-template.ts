import { CacheError } from '../cache.errors.js';

/** Text with arguments of the method in it: `{0}` the first, `{1.author.id}` a property of the second. */
export type KeyTemplate = string;

const placeholder = /\{(\d+)((?:\.[A-Za-z_$][\w$]*)*)\}/g;

/**
 * Fills a template in. Arguments are escaped, so that no two lists of arguments make the same key.
 *
 * @throws {CacheError} when an argument is neither text nor number nor boolean: its text would say too little
 */
export function fillTemplate(template: KeyTemplate, args: readonly unknown[]): string {
  return template.replaceAll(placeholder, (_, index: string, path: string) =>
    textOf(path.split('.').slice(1).reduce(propertyOf, args[Number(index)]), `{${index}${path}}`),
  );
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function textOf(value: unknown, where: string): string {
  switch (typeof value) {
    case 'string':
      return value.replaceAll(/[%:{}]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      throw new CacheError(
        'CACHE_INVALID_KEY',
        `${where} of the key template is ${value === null ? 'null' : `of type ${typeof value}`}. Make the key by a function of the arguments instead.`,
      );
  }
} // prettier-ignore
