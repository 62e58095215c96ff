import ts from 'typescript';
import { lineOf } from './imports.js';
import { fixture, readRepository, type SourceTree } from './source-tree.js';
import { describeViolations, type Violation } from './violation.js';

const emptyWords = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'shared', 'misc', 'types']);
const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
const named = /^(?:libs|apps|test|bench|scripts)\/.*\.(?:[cm]?[jt]sx?|lua)$/;
const limits = { source: 300, test: 400 };

function namingViolations(tree: SourceTree): Violation[] {
  return tree.paths
    .filter((path) => named.test(path))
    .flatMap((path) => {
      const parts = path.split('/');
      const folder = parts.slice(0, -1).find((part) => emptyWords.has(part));
      const odd = parts.find((part) => !kebabCase.test(part));
      return [
        ...(folder
          ? [{ rule: `a folder named ${folder}`, remedy: 'Name it for the part of the domain it holds' }]
          : []),
        ...(odd
          ? [{ rule: `${odd} is not kebab-case`, remedy: 'Name files like redis.module-definition.ts' }]
          : []),
      ].map((breach) => ({ file: path, line: 1, ...breach }));
    });
}

function longFiles(tree: SourceTree): Violation[] {
  return tree.code.flatMap(({ path, text, room, isSpec }) => {
    const limit = isSpec || room === 'test' ? limits.test : limits.source;
    const lines = text.replace(/\n$/, '').split('\n').length;
    if (lines <= limit) return [];
    const rule = `${lines} lines, at most ${limit} are allowed`;
    return [{ file: path, line: limit + 1, rule, remedy: 'Find the second idea in it and give it a file' }];
  });
}

function looseIndexes(tree: SourceTree): Violation[] {
  return tree.code
    .filter(({ path }) => /^(?:libs|apps)\/[^/]+\/src\/(?:.*\/)?index\.tsx?$/.test(path))
    .flatMap((file) =>
      file.syntax.statements
        .filter((statement) => !isExplicitReExport(statement))
        .map((statement) => ({
          file: file.path,
          line: lineOf(file.syntax, statement),
          rule: 'an index.ts does more than re-export explicit names',
          remedy: "Write export { name } from './file.js', and put code in a file of its own",
        })),
    );
}

function isExplicitReExport(statement: ts.Statement): boolean {
  if (!ts.isExportDeclaration(statement)) return false;
  const names = statement.exportClause;
  if (!names || !ts.isNamedExports(names)) return false;
  return statement.moduleSpecifier !== undefined || names.elements.length === 0;
}

describe('naming', () => {
  it('files and folders carry names of the domain, in kebab-case', () => {
    expect(describeViolations(namingViolations(readRepository()))).toEqual([]);
  });

  it('a file holds one idea: it is short', () => {
    expect(describeViolations(longFiles(readRepository()))).toEqual([]);
  });

  it('an index.ts only re-exports explicit names', () => {
    expect(describeViolations(looseIndexes(readRepository()))).toEqual([]);
  });

  it.each([
    'libs/redis/src/utils/a.ts',
    'libs/redis/src/RedisModule.ts',
    'test/e2e/some_test.ts',
    'apps/demo/src/Types/a.ts',
  ])('notices the name %s', (path) => {
    expect(namingViolations(fixture({ [path]: '' }))).toHaveLength(1);
  });

  it.each([
    'libs/redis/src/redis.module-definition.ts',
    'libs/redis/src/commands/increment.lua',
    'test/e2e/a.e2e-spec.ts',
  ])('is content with %s', (path) => {
    expect(namingViolations(fixture({ [path]: '' }))).toEqual([]);
  });

  it.each([
    ['libs/redis/src/a.ts', limits.source],
    ['libs/redis/src/a.spec.ts', limits.test],
    ['test/faults/a.int-spec.ts', limits.test],
  ])('notices when %s is longer than %d lines', (path, limit) => {
    expect(longFiles(fixture({ [path]: '\n'.repeat(limit) }))).toEqual([]);
    expect(longFiles(fixture({ [path]: '\n'.repeat(limit + 1) }))).toHaveLength(1);
  });

  it.each([
    "export * from './a.js';",
    "export * as a from './a.js';",
    'export const a = 1;',
    "import './a.js';",
  ])('notices %s in an index.ts', (text) => {
    expect(looseIndexes(fixture({ 'libs/redis/src/index.ts': text }))).toHaveLength(1);
  });

  it('is content with explicit names in an index.ts', () => {
    const text = "export { a } from './a.js'; export type { B } from './b.js';";
    expect(looseIndexes(fixture({ 'libs/redis/src/index.ts': text }))).toEqual([]);
  });
});
