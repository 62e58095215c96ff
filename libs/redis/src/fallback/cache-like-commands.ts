import { isUtf8 } from 'node:buffer';

/** Arguments of a command. */
export type Args = readonly unknown[];

const cacheLike = new Set(['get', 'set', 'mget', 'mset', 'del', 'unlink', 'exists', 'pexpire', 'ttl']);

/**
 * Whether a command is one that memory understands: by its name and form, and because its keys and values are
 * text. Bytes that are no UTF-8 would not survive memory, and SET with NX or GET depends on what Redis holds.
 */
export function isCacheLike(name: string, args: Args): boolean {
  return cacheLike.has(name) && hasPlainForm(name, args) && args.every(isText);
}

/** Keys of a command as text: of those above, all of them; of any other its first argument. */
export function keysOf(name: string, args: Args): string[] {
  switch (name) {
    case 'mget':
    case 'del':
    case 'unlink':
    case 'exists':
      return args.map(textOf);
    case 'mset':
      return args.filter((_, index) => index % 2 === 0).map(textOf);
    default:
      return args.length > 0 ? [textOf(args[0])] : [];
  }
}

/** Time to live that a SET gives its key, in milliseconds; `undefined` for ever. */
export function ttlOf(args: Args): number | undefined {
  return args[2] === 'PX' ? Number(args[3]) : undefined;
}

/** An argument as Redis stores it. */
export function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('utf8') : String(value);
}

function hasPlainForm(name: string, args: Args): boolean {
  if (name === 'set') return args.length === 2 || (args.length === 4 && args[2] === 'PX');
  return name !== 'pexpire' || args.length === 2;
}

function isText(value: unknown): boolean {
  return !Buffer.isBuffer(value) || isUtf8(value);
}
