import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A file of a package. */
export interface PackedFile {
  /** Within the package. */
  readonly path: string;
  readonly text: string;
}

const block = 512;

/** Reads what npm packed. It writes plain ustar headers, with a prefix for long names. */
export function readTarball(path: string): PackedFile[] {
  const bytes = gunzipSync(readFileSync(path));
  const files: PackedFile[] = [];
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0;) {
    const field = (start: number, length: number): string =>
      bytes.toString('utf8', at + start, at + start + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(field(124, 12), 8);
    const name = [field(345, 155), field(0, 100)].filter(Boolean).join('/');
    const isFile = ['0', ''].includes(field(156, 1));
    const text = bytes.toString('utf8', at + block, at + block + size);
    if (isFile) files.push({ path: name.replace(/^package\//, ''), text });
    at += block + Math.ceil(size / block) * block;
  }
  return files;
}
