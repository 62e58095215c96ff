import { inspect } from 'node:util';

/** A place as it may be shown: host, port, database. Anything else could be part of a password. */
const place = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d+)?(?:\/\w*)?(?:\?db=\d+)?$/i;

/**
 * Replaces everything in a URL, parsable or not, that could be a secret.
 *
 * @example `redis://me:secret@host:6379` becomes `redis://***@host:6379`
 */
export function redactUrl(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? '';
  // The last @ counts: a password that was not percent-encoded may contain one itself.
  const at = text.lastIndexOf('@');
  const rest = text.slice(at < 0 ? scheme.length : at + 1);
  return `${scheme}${at < 0 ? '' : '***@'}${place.test(rest) ? rest : '***'}`;
}

/** The same for several URLs with commas between. With user information in them only the last place is left. */
export function redactUrls(text: string): string {
  return text.includes('@') ? redactUrl(text) : text.split(',').map(redactUrl).join(',');
}

/**
 * Freezes an object so that printing it, by `console.log` or as JSON, shows other values than reading it.
 *
 * @param shown what is printed instead, by property
 */
export function concealed<T extends object>(value: T, shown: Partial<Record<keyof T, unknown>>): Readonly<T> {
  const print = { value: () => ({ ...value, ...shown }) };
  return Object.freeze(Object.defineProperties(value, { toJSON: print, [inspect.custom]: print }));
}
