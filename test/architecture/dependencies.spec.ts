import { isBuiltin } from 'node:module';
import { fixture, readRepository, type SourceFile, type SourceTree } from './source-tree.js';
import { describeViolations, type Violation } from './violation.js';

function undeclaredImports(tree: SourceTree): Violation[] {
  return tree.code.flatMap((file) => {
    const declared = declaredFor(tree, file);
    return file.imports
      .filter(({ specifier }) => !specifier.startsWith('.'))
      .filter(({ specifier }) => !(isBuiltin(specifier) && specifier.startsWith('node:')))
      .filter(({ specifier, typeOnly }) => {
        const name = packageOf(specifier);
        const types = `@types/${name.replace('@', '').replace('/', '__')}`;
        return !declared.has(name) && !(typeOnly && declared.has(types));
      })
      .map(({ specifier, line }) => ({
        file: file.path,
        line,
        rule: `${packageOf(specifier)} is imported and not declared`,
        remedy: isBuiltin(specifier)
          ? `Write node:${specifier}`
          : `Enter it in ${file.room}/package.json, then run \`npm run lock\``,
      }));
  });
}

/**
 * What ships may use what its own package.json promises to its users. Specs also have the tools at the top;
 * tests and benchmarks, which never leave the repository, have those and the packages of this workspace.
 */
function declaredFor(tree: SourceTree, file: SourceFile): Set<string> {
  const own = tree.manifest(file.room);
  const ships = /^(?:libs|apps)\//.test(file.room);
  const names = new Set(Object.keys({ ...own?.dependencies, ...own?.peerDependencies }));
  if (ships && !file.isSpec) return names;
  const top = tree.manifest('');
  for (const name of Object.keys({
    ...own?.devDependencies,
    ...top?.devDependencies,
    ...top?.dependencies,
  })) {
    names.add(name);
  }
  if (ships) return names;
  for (const path of tree.paths) {
    const room = /^((?:libs|apps)\/[^/]+)\/package\.json$/.exec(path)?.[1];
    const name = room && tree.manifest(room)?.name;
    if (name) names.add(name);
  }
  return names;
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

describe('dependencies', () => {
  it('every imported package is declared by the package that imports it', () => {
    expect(describeViolations(undeclaredImports(readRepository()))).toEqual([]);
  });

  const manifests = {
    'package.json': '{"devDependencies":{"jest":"1","fast-check":"1"}}',
    'bench/package.json': '{"dependencies":{"rival":"1"}}',
    'libs/redis/package.json': '{"name":"@holdfast/redis","dependencies":{"zod":"4","@types/express":"5"}}',
  };

  it.each([
    ['a missing package', 'libs/redis/src/a.ts', "import 'ioredis';"],
    ['a missing package that only lends types', 'libs/redis/src/a.ts', "import type { X } from 'rxjs';"],
    ['a missing package behind a dynamic import', 'libs/redis/src/a.ts', "await import('rxjs/operators');"],
    ['a tool of the top folder in what ships', 'libs/redis/src/a.ts', "import fc from 'fast-check';"],
    ['another room that is not declared', 'libs/redis/src/a.ts', "import '@holdfast/resilience';"],
    ['a package of nobody in a test', 'test/e2e/a.ts', "import 'left-pad';"],
    ['a package of nobody in a benchmark', 'bench/a.mjs', "import 'left-pad';"],
    ['a built-in module without its prefix', 'libs/redis/src/a.ts', "import 'fs';"],
    ['the value of a package whose types are declared', 'libs/redis/src/a.ts', "import 'express';"],
  ])('notices %s', (_, path, text) => {
    expect(undeclaredImports(fixture({ ...manifests, [path]: text }))).toHaveLength(1);
  });

  it.each([
    ['libs/redis/src/a.ts', "import { z } from 'zod/v4'; import 'node:fs';"],
    ['libs/redis/src/a.ts', "import type { Request } from 'express';"],
    ['libs/redis/src/a.spec.ts', "import fc from 'fast-check';"],
    ['test/e2e/a.ts', "import '@holdfast/redis';"],
    ['bench/a.mjs', "import 'rival'; import '@holdfast/redis'; import 'fast-check';"],
  ])('leaves %s with %s alone', (path, text) => {
    expect(undeclaredImports(fixture({ ...manifests, [path]: text }))).toEqual([]);
  });
});
