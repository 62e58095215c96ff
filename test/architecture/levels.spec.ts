import { browserRooms, developmentRooms, levels, otherRoom } from './rooms.js';
import { fixture, readRepository, type SourceTree } from './source-tree.js';
import { describeViolations, type Violation } from './violation.js';

function levelViolations(tree: SourceTree): Violation[] {
  return tree.code.flatMap((file) =>
    file.imports.flatMap((named) => {
      const target = otherRoom(file, named);
      const breach = target && breachOf(file.room, target);
      return breach ? [{ file: file.path, line: named.line, ...breach }] : [];
    }),
  );
}

function breachOf(from: string, to: { room: string; kind: 'package' | 'deep' | 'relative' }) {
  if (to.kind !== 'package') {
    return {
      rule: `${from} reaches inside ${to.room}`,
      remedy: 'Export what is needed from its index.ts and import the package by its name',
    };
  }
  if (to.room.startsWith('apps/')) {
    return { rule: `${from} imports an application`, remedy: 'Move what is shared into a room under libs' };
  }
  if (!from.startsWith('libs/') || from === to.room) {
    return from === to.room
      ? { rule: `${from} imports itself by name`, remedy: 'Use a relative import' }
      : undefined;
  }
  const [importer, imported] = [from.slice('libs/'.length), to.room.slice('libs/'.length)];
  if (developmentRooms.has(imported)) {
    return {
      rule: `${from} imports ${imported}, which is for development`,
      remedy: 'Move the test that needs it to test/',
    };
  }
  if (browserRooms.has(importer) || browserRooms.has(imported) || developmentRooms.has(importer)) {
    return {
      rule: `${from} imports ${to.room}, and these two stay apart`,
      remedy: 'Let the application connect them',
    };
  }
  const [above, below] = [levels[importer], levels[imported]];
  if (above === undefined || below === undefined) return undefined;
  if (below < above) return undefined;
  return {
    rule: `${from} (level ${above}) imports ${to.room} (level ${below}), and imports go down only`,
    remedy: 'Turn the dependency round with an event or a contributor token that the lower room owns',
  };
}

function unknownRooms(tree: SourceTree): string[] {
  const known = (name: string) => name in levels || browserRooms.has(name) || developmentRooms.has(name);
  const rooms = new Set(
    tree.paths.filter((path) => path.startsWith('libs/')).map((path) => path.split('/')[1]),
  );
  return [...rooms].filter((name): name is string => name !== undefined && !known(name));
}

describe('levels', () => {
  it('imports go down the levels and use package names', () => {
    expect(describeViolations(levelViolations(readRepository()))).toEqual([]);
  });

  it('every room has a level', () => {
    expect(unknownRooms(readRepository())).toEqual([]);
  });

  it.each([
    ['an import upwards', 'libs/resilience/src/a.ts', "import { x } from '@holdfast/redis';"],
    ['a type from above', 'libs/redis/src/a.ts', "import type { X } from '@holdfast/health';"],
    ['an import type from above', 'libs/redis/src/a.ts', "let x: import('@holdfast/metrics').X;"],
    ['an import sideways', 'libs/cache/src/a.ts', "export { x } from '@holdfast/queue';"],
    ['a dynamic import sideways', 'libs/health/src/a.ts', "await import('@holdfast/metrics');"],
    ['a deep import', 'libs/health/src/a.ts', "import '@holdfast/redis/dist/x.js';"],
    ['a deep import in a test', 'test/e2e/a.e2e-spec.ts', "import '@holdfast/redis/src/x.js';"],
    ['a relative import of another room', 'libs/health/src/a.ts', "import '../../redis/src/index.js';"],
    ['a relative import of a room in a test', 'test/e2e/a.ts', "import '../../libs/redis/src/index.js';"],
    ['the test utilities in a library', 'libs/redis/src/a.spec.ts', "import '@holdfast/testing';"],
    ['the server in the browser client', 'libs/client/src/a.ts', "import type { X } from '@holdfast/redis';"],
    ['a library in the test utilities', 'libs/testing/src/a.ts', "import '@holdfast/resilience';"],
    ['the application in a library', 'libs/health/src/a.ts', "import '@holdfast/demo';"],
    ['a room by its own name', 'libs/redis/src/a.ts', "import '@holdfast/redis';"],
  ])('notices %s', (_, path, text) => {
    expect(levelViolations(fixture({ [path]: text }))).toHaveLength(1);
  });

  it.each([
    ['libs/health/src/a.ts', "import '@holdfast/redis';"],
    ['libs/cache/src/a.ts', "import '@holdfast/resilience';"],
    ['libs/redis/src/a/b.ts', "import '../c.js';"],
    ['apps/demo/src/a.ts', "import '@holdfast/testing';"],
    ['bench/a.ts', "import '@holdfast/testing';"],
  ])('leaves %s with %s alone', (path, text) => {
    expect(levelViolations(fixture({ [path]: text }))).toEqual([]);
  });

  it('notices a room without a level', () => {
    expect(unknownRooms(fixture({ 'libs/utils/src/index.ts': '' }))).toEqual(['utils']);
  });
});
