import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './source-tree.js';
import { describeViolations, type Violation } from './violation.js';

// Written so that this file does not contain what it looks for.
const traces: [RegExp, string][] = [
  [/registry[.](?:npmjs[.]org|yarnpkg[.]com)/, 'the host of a package registry'],
  [/"resolved": *"http/, 'the address a package came from'],
  [/(?<![\w.@<>*-])[/](?:home|Users|work|root)[/][\w.]/, 'a path of one machine'],
  [/_auth(?:Token)?=|:_password *=/, 'a credential'],
];

function tracesOfMachines(files: Iterable<[path: string, text: string]>): Violation[] {
  return [...files].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, index) =>
      traces
        .filter(([trace]) => trace.test(line))
        .map(([, what]) => ({
          file,
          line: index + 1,
          rule: `the file names ${what}`,
          remedy: 'Take it out',
        })),
    ),
  );
}

/** What git would commit; the lock file and what npm needs at least, where there is no git. */
function trackedFiles(): string[] {
  try {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\0')
      .filter((path) => path !== '');
  } catch {
    return ['package.json', 'package-lock.json', '.npmrc'];
  }
}

function read(path: string): string {
  const file = join(root, path);
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : '';
}

interface LockEntry {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** `npm ci` refuses a lock file that lacks a package, even one that only another platform needs. */
function missingFromLock(packages: Record<string, LockEntry>): string[] {
  const isThere = (from: string, name: string): boolean => {
    if (packages[`${from}${from && '/'}node_modules/${name}`]) return true;
    return from !== '' && isThere(from.slice(0, Math.max(from.lastIndexOf('/node_modules/'), 0)), name);
  };
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter((name) => !isThere(path, name))
      .map((name) => `${path} needs ${name}, which package-lock.json lacks: run \`npm run lock\``),
  );
}

describe('tracked files', () => {
  it('name no registry host, no path of a machine and no credential', () => {
    expect(describeViolations(tracesOfMachines(trackedFiles().map((path) => [path, read(path)])))).toEqual(
      [],
    );
  });

  it('hold a lock file that is complete for every platform', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockEntry> };
    expect(missingFromLock(packages)).toEqual([]);
  });

  it.each([
    ['https://registry', 'npmjs', 'org/jest'].join('.'),
    ['"resolved":', '"http://10.0.0.1/jest.tgz"'].join(' '),
    ['cd ', 'home', 'ann', 'holdfast'].join('/'),
    ["join('", 'work', "main')"].join('/'),
    ['//host/:_authToken', 'abc'].join('='),
  ])('are noticed when they say %s', (text) => {
    expect(tracesOfMachines([['a.md', `first\n${text}`]])).toMatchObject([{ line: 2 }]);
  });

  it('may speak of folders that only sound alike', () => {
    const text = "'test/root/a'; 'libs/work/b'; import './home/page.js'; '<root>/libs'; https://a.b/home/x";
    expect(tracesOfMachines([['a.md', text]])).toEqual([]);
  });

  it('are noticed when the lock file lacks the binary of another platform', () => {
    const packages = {
      '': { dependencies: { tool: '1' } },
      'node_modules/tool': { optionalDependencies: { 'tool-linux': '1', 'tool-darwin': '1' } },
      'node_modules/tool/node_modules/tool-linux': {},
    };
    expect(missingFromLock(packages)).toHaveLength(1);
  });
});
