import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, posix } from 'node:path';
import { killPrograms } from './program.js';
import { packRooms, type PublishedPackage } from './published-packages.js';
import type { PackedFile } from './tarball.js';

const rooms = ['resilience', 'redis', 'health', 'testing'];

/** What is wrong with the files of a package, one sentence each. */
function faultsOf(files: readonly PackedFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  return [
    ...['package.json', 'README.md'].filter((path) => !paths.has(path)).map((path) => `${path} is missing`),
    ...files.flatMap(({ path, text }) => [
      ...(allowed.test(path) ? [] : [`${path} does not belong into the package`]),
      ...(/\.(?:int-|e2e-)?spec\./.test(path) ? [`${path} is a test`] : []),
      ...(machinePath.test(text) ? [`${path} names a path of a machine`] : []),
      ...(path.endsWith('.js.map') ? lostSources(path, text, paths) : []),
      ...(path === 'package.json' ? lostEntries(text, paths) : []),
    ]),
  ];
}

const allowed = /^(?:package\.json|README\.md|LICENSE|dist\/(?:[\w.-]+\/)*[\w-][\w.-]*\.(?:js|d\.ts|js\.map|lua))$/; // prettier-ignore

// Written so that this file does not contain what it looks for.
const machinePath = /(?<![\w.@<>*:-])[/](?:home|Users|work|root|tmp)[/][\w.]|file:[/][/][/]/;

/** A source map must carry its sources, or they must be in the package: debuggers have nothing else. */
function lostSources(path: string, text: string, paths: ReadonlySet<string>): string[] {
  const map = JSON.parse(text) as { sources: string[]; sourcesContent?: Array<string | null> };
  return map.sources
    .filter((source, index) => {
      const carried = typeof map.sourcesContent?.[index] === 'string';
      return isAbsolute(source) || !(carried || paths.has(posix.join(posix.dirname(path), source)));
    })
    .map((source) => `${path} points to ${source}, which is nowhere`);
}

function lostEntries(text: string, paths: ReadonlySet<string>): string[] {
  const { exports } = JSON.parse(text) as { exports: { '.': Record<string, string> } };
  return Object.values(exports['.'])
    .filter((entry) => !paths.has(posix.normalize(entry)))
    .map((entry) => `package.json exports ${entry}, which is not there`);
}

describe('the packages as npm would publish them', () => {
  let folder: string;
  let packages: PublishedPackage[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-tarballs-'));
    packages = await packRooms(rooms, folder);
  }, 60_000);
  afterAll(async () => {
    await killPrograms();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it.each(rooms)('%s holds what was built, its manifest and its README, and nothing else', (room) => {
    const files = packages.find(({ name }) => name === `@holdfast/${room}`)?.files ?? [];
    expect(files.length).toBeGreaterThan(5);
    expect(faultsOf(files)).toEqual([]);
  });

  it.each(rooms)('%s has the one version of all, and asks for exactly that of the others', (room) => {
    const files = packages.find(({ name }) => name === `@holdfast/${room}`)?.files ?? [];
    const manifest = JSON.parse(files.find(({ path }) => path === 'package.json')?.text ?? '{}') as {
      version: string;
      dependencies?: Record<string, string>;
      peerDependencies?: Record<string, string>;
    };
    const { version } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as {
      version: string;
    };
    const wanted = { ...manifest.dependencies, ...manifest.peerDependencies };
    const others = Object.entries(wanted).filter(([name]) => name.startsWith('@holdfast/'));
    expect([manifest.version, ...others.map(([, range]) => range)]).toEqual(
      Array(others.length + 1).fill(version),
    );
  });

  const sound: PackedFile[] = [
    { path: 'package.json', text: '{"exports":{".":{"default":"./dist/index.js"}}}' },
    { path: 'README.md', text: '# fine' },
    { path: 'dist/index.js', text: 'export {};' },
    { path: 'dist/index.js.map', text: '{"sources":["../src/index.ts"],"sourcesContent":["export {};"]}' },
    { path: 'dist/scripts/increment.lua', text: '-- KEYS: none' },
  ];
  const replacing = (path: string, text = ''): PackedFile[] => [
    ...sound.filter((file) => file.path !== path),
    { path, text },
  ];

  it('is content with a sound package', () => expect(faultsOf(sound)).toEqual([]));

  it.each([
    ['a source', replacing('src/index.ts')],
    ['a build stamp', replacing('dist/.tsbuildinfo')],
    ['a spec that was built', replacing('dist/a.spec.js')],
    ['an int-spec that was built', replacing('dist/a.int-spec.js')],
    ['a path of a machine', replacing('dist/a.js', ["require('", 'home', "ann/a.js')"].join('/'))],
    ['a map without its source', replacing('dist/index.js.map', '{"sources":["../src/index.ts"]}')],
    ['an entry that is missing', replacing('package.json', '{"exports":{".":{"default":"./dist/main.js"}}}')],
    ['no README', sound.filter(({ path }) => path !== 'README.md')],
  ])('notices %s', (_, files) => expect(faultsOf(files)).toHaveLength(1));
});
