import { posix } from 'node:path';
import type { Import } from './imports.js';
import type { SourceFile } from './source-tree.js';

/**
 * The level of every room: imports go to a lower one only. Rooms of the same level never know each other. A new
 * room is entered here and in docs/architecture.md before its first file.
 */
export const levels: Record<string, number> = {
  resilience: 0,
  redis: 1,
  cache: 2,
  queue: 2,
  throttler: 2,
  session: 2,
  pubsub: 2,
  health: 3,
  metrics: 3,
  realtime: 3,
  dashboard: 3,
};

/** In the browser: imports no other room, and no other room imports it. */
export const browserRooms = new Set(['client']);

/** For development: imports no other room, and only apps, tests and benchmarks import it. */
export const developmentRooms = new Set(['testing']);

/** The room that an import of another room leads to, with what follows the package's name. */
export function otherRoom(
  file: SourceFile,
  { specifier }: Import,
): { room: string; kind: 'package' | 'deep' | 'relative' } | undefined {
  const named = /^@holdfast\/([^/]+)(\/.*)?$/.exec(specifier);
  if (named) {
    const [, name = '', rest] = named;
    const room = name === 'demo' ? 'apps/demo' : `libs/${name}`;
    return { room, kind: rest ? 'deep' : 'package' };
  }
  if (!specifier.startsWith('.')) return undefined;
  const target = posix.normalize(posix.join(posix.dirname(file.path), specifier));
  const [top, name] = target.split('/');
  const room = top === 'libs' || top === 'apps' ? `${top}/${name}` : undefined;
  return room && room !== file.room ? { room, kind: 'relative' } : undefined;
}
