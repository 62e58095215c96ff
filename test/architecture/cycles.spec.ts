import { posix } from 'node:path';
import { otherRoom } from './rooms.js';
import { fixture, readRepository, type SourceTree } from './source-tree.js';

type Graph = Map<string, Set<string>>;

function fileGraph(tree: SourceTree): Graph {
  const paths = new Set(tree.paths);
  return new Map(
    tree.code.map((file) => [
      file.path,
      new Set(
        file.imports
          .filter(({ specifier }) => specifier.startsWith('.'))
          .map(({ specifier }) => resolve(paths, posix.join(posix.dirname(file.path), specifier)))
          .filter((path) => path !== undefined),
      ),
    ]),
  );
}

function roomGraph(tree: SourceTree): Graph {
  const graph: Graph = new Map();
  for (const file of tree.code) {
    const targets = graph.get(file.room) ?? new Set();
    graph.set(file.room, targets);
    for (const named of file.imports) {
      const target = otherRoom(file, named);
      if (target && target.room !== file.room) targets.add(target.room);
    }
  }
  return graph;
}

function resolve(paths: Set<string>, path: string): string | undefined {
  const bare = path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  return [path, bare, `${path}.ts`, `${path}/index.ts`].find((candidate) => paths.has(candidate));
}

/** Every cycle once, as `a → b → a`; type-only imports count, since they tie two files together as well. */
function cyclesIn(graph: Graph): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: string[]) => {
    const seen = trail.indexOf(node);
    if (seen >= 0) cycles.push([...trail.slice(seen), node].join(' → '));
    if (seen >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return cycles;
}

describe('cycles', () => {
  it('no file imports itself by way of others', () => {
    // To break one: move what both need into a file of its own, or pass it in.
    expect(cyclesIn(fileGraph(readRepository()))).toEqual([]);
  });

  it('no room imports itself by way of others', () => {
    expect(cyclesIn(roomGraph(readRepository()))).toEqual([]);
  });

  it('notices a cycle of three files, one link of it a type', () => {
    const tree = fixture({
      'libs/redis/src/a.ts': "import { b } from './b.js';",
      'libs/redis/src/b.ts': "export { c } from './c/index.js';",
      'libs/redis/src/c/index.ts': "import type { A } from '../a.js';",
    });
    expect(cyclesIn(fileGraph(tree))).toEqual([
      'libs/redis/src/a.ts → libs/redis/src/b.ts → libs/redis/src/c/index.ts → libs/redis/src/a.ts',
    ]);
  });

  it('notices a cycle of two rooms', () => {
    const tree = fixture({
      'libs/cache/src/a.ts': "import '@holdfast/queue';",
      'libs/queue/src/a.ts': "import '@holdfast/cache';",
    });
    expect(cyclesIn(roomGraph(tree))).toEqual(['libs/cache → libs/queue → libs/cache']);
  });

  it('is content with two ways to the same file', () => {
    const tree = fixture({
      'libs/redis/src/a.ts': "import './b.js'; import './c.js';",
      'libs/redis/src/b.ts': "import './c.js';",
      'libs/redis/src/c.ts': '',
    });
    expect(cyclesIn(fileGraph(tree))).toEqual([]);
  });
});
