import ts from 'typescript';
import { lineOf, walk } from './imports.js';
import { rows } from './rows.js';
import { fixture, readRepository, type SourceFile, type SourceTree } from './source-tree.js';
import { describeViolations, type Violation } from './violation.js';

const setAside = new Set(['skip', 'only', 'todo', 'failing']);
const starters = new Set(['it', 'test', 'describe']);
const prefixed = new Set(['xit', 'xtest', 'xdescribe', 'fit', 'fdescribe']);

function testsSetAside(tree: SourceTree): Violation[] {
  return tree.code
    .filter(({ isSpec }) => isSpec)
    .flatMap((file) => {
      const found: Violation[] = [];
      walk(file.syntax, (node) => {
        if (isSetAside(node)) {
          const rule = `${node.getText(file.syntax)} keeps tests from running`;
          const remedy = 'Make the test pass, or remove it together with what it promises';
          found.push({ file: file.path, line: lineOf(file.syntax, node), rule, remedy });
        }
      });
      return found;
    });
}

function isSetAside(node: ts.Node): boolean {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression))
    return prefixed.has(node.expression.text);
  if (!ts.isPropertyAccessExpression(node) || !setAside.has(node.name.text)) return false;
  const words = node.expression.getText().split('.');
  return starters.has(words[0] ?? '');
}

function unprovenRows(tree: SourceTree, ids: readonly string[]): string[] {
  const proofs = tree.code.filter(({ isSpec, path }) => isSpec && !path.startsWith('test/architecture/'));
  return ids.filter((id) => !proofs.some((file) => names(file, id)));
}

/** In a comment or in a string, as a word of its own. */
function names({ text }: SourceFile, id: string): boolean {
  return new RegExp(`(?:['"\`]|//|/?\\*).*\\b${id}\\b`).test(text);
}

describe('tests are honest', () => {
  it('no test is set aside', () => {
    expect(describeViolations(testsSetAside(readRepository()))).toEqual([]);
  });

  it('every row that works today is named by the test that proves it', () => {
    expect(unprovenRows(readRepository(), rows)).toEqual([]);
  });

  it.each([
    "it.skip('a', () => {});",
    "describe.only('a', () => {});",
    "test.todo('a');",
    "it.only.each([1])('a', () => {});",
    "it.concurrent.skip('a', () => {});",
    "xit('a', () => {});",
    "fdescribe('a', () => {});",
  ])('notices %s', (text) => {
    expect(testsSetAside(fixture({ 'test/e2e/a.e2e-spec.ts': text }))).toHaveLength(1);
  });

  it('leaves a method called skip alone', () => {
    expect(
      testsSetAside(fixture({ 'libs/redis/src/a.spec.ts': 'reader.skip(2); it.each([])("a", f);' })),
    ).toEqual([]);
  });

  it('notices a row that no test names', () => {
    const tree = fixture({
      'test/integration/a.int-spec.ts': "it('A11 logs once', () => {}); // B4: heartbeats",
      'libs/redis/src/a.ts': '// C1',
      'test/architecture/a.spec.ts': "it('C2')",
    });
    expect(unprovenRows(tree, ['A11', 'B4', 'A1', 'C1', 'C2'])).toEqual(['A1', 'C1', 'C2']);
  });
});
