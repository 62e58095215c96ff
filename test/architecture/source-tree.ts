import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { type Import, importsOf } from './imports.js';

/** The top folder of the repository. */
export const root = join(__dirname, '..', '..');

const folders = ['libs', 'apps', 'test', 'bench', 'scripts'];
const generated = new Set(['node_modules', 'dist', 'coverage', 'test-artifacts']);
const code = /\.[cm]?[jt]sx?$/;

/** A file of code, read and parsed once. Paths are relative to the root and written with `/`. */
export interface SourceFile {
  path: string;
  text: string;
  /** `libs/redis`, `apps/demo`, `test`, `bench` or `scripts`. */
  room: string;
  isSpec: boolean;
  syntax: ts.SourceFile;
  imports: Import[];
}

/** Everything the rules look at. */
export interface SourceTree {
  /** Files of code. */
  code: SourceFile[];
  /** Every path, code or not. */
  paths: string[];
  /** The package.json of a room; `''` is the one at the top. */
  manifest(room: string): Manifest | undefined;
}

/** The part of a package.json that matters here. */
export interface Manifest {
  name?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

let repository: SourceTree | undefined;

/** The repository itself. */
export function readRepository(): SourceTree {
  return (repository ??= treeOf(
    Object.fromEntries(
      [...folders.filter((folder) => existsSync(join(root, folder))).flatMap(list), 'package.json'].map(
        (path) => [path, () => readFileSync(join(root, path), 'utf8')],
      ),
    ),
  ));
}

/** A tree out of paths and contents, for a rule to prove on that it fires. */
export function fixture(contents: Record<string, string>): SourceTree {
  return treeOf(Object.fromEntries(Object.entries(contents).map(([path, text]) => [path, () => text])));
}

function treeOf(contents: Record<string, () => string>): SourceTree {
  const paths = Object.keys(contents);
  return {
    paths,
    code: paths.filter((path) => code.test(path)).map((path) => parse(path, contents[path]?.() ?? '')),
    manifest: (room) => {
      const text = contents[posix.join(room, 'package.json')]?.();
      return text === undefined ? undefined : (JSON.parse(text) as Manifest);
    },
  };
}

function parse(path: string, text: string): SourceFile {
  const syntax = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const [top = '', name = ''] = path.split('/');
  return {
    path,
    text,
    room: top === 'libs' || top === 'apps' ? `${top}/${name}` : top,
    isSpec: /spec\.tsx?$/.test(path),
    syntax,
    imports: importsOf(syntax),
  };
}

function list(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return generated.has(entry.name) ? [] : list(path);
    return entry.isFile() ? [path] : [];
  });
}
