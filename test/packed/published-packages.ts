import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './npm.js';
import { type PackedFile, readTarball } from './tarball.js';

const root = join(__dirname, '..', '..');

/** A package as `npm publish` would upload it. */
export interface PublishedPackage {
  readonly name: string;
  /** The tarball. */
  readonly path: string;
  readonly files: readonly PackedFile[];
}

/**
 * Packs rooms from their `dist`, as it is: `npm test` builds before it runs.
 *
 * @param folder where the tarballs go
 */
export async function packRooms(rooms: readonly string[], folder: string): Promise<PublishedPackage[]> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const output = await runNpm([...args, ...rooms.map((room) => `--workspace=@holdfast/${room}`)], root);
  const packed = JSON.parse(output) as PackedReport[] | Record<string, PackedReport>;
  return Object.values(packed).map(({ name, filename }) => {
    const path = join(folder, filename);
    return { name, path, files: readTarball(path) };
  });
}

/** What npm says; up to npm 11 a list, from 12 on by name. */
interface PackedReport {
  readonly name: string;
  readonly filename: string;
}

/**
 * The version of a package that this repository was tested with.
 *
 * @throws {Error} when the lock file has none
 */
export function lockedVersion(name: string): string {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  const entry = packages[`node_modules/${name}`];
  if (entry === undefined) throw new Error(`package-lock.json has no ${name}`);
  return entry.version;
}

/** The compiler of this repository. */
export const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
