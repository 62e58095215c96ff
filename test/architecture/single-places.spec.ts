import ts from 'typescript';
import { lineOf, walk } from './imports.js';
import { fixture, readRepository, type SourceFile, type SourceTree } from './source-tree.js';
import { describeViolations, type Violation } from './violation.js';

const factory = /^libs\/redis\/src\/(?:[\w-]+\/)*connection-factory\.ts$/;

/** One file a package. The test utilities have one because they look for a server program, not for options. */
const environmentReaders = [
  /^libs\/redis\/src\/configuration\/redis\.config\.ts$/,
  /^libs\/testing\/src\/server\/server-binary\.ts$/,
  /^apps\/[^/]+\/src\/(?:[\w-]+\/)*[\w-]+\.config\.ts$/,
];

/** What ships: rules about single places leave specs, tests and the test utilities alone. */
function shipped(tree: SourceTree): SourceFile[] {
  return tree.code.filter(({ path, isSpec }) => /^(?:libs|apps)\/[^/]+\/src\//.test(path) && !isSpec);
}

function strayClients(tree: SourceTree): Violation[] {
  const files = shipped(tree).filter(({ room }) => room !== 'libs/testing');
  const subclasses = subclassesOfClients(files);
  return files
    .filter(({ path }) => !factory.test(path))
    .flatMap((file) => {
      const clients = new Set([...clientNames(file), ...subclasses]);
      return nodesOf(file, ts.isNewExpression)
        .filter(({ expression }) => isClient(expression, clients))
        .map((node) => ({
          file: file.path,
          line: lineOf(file.syntax, node),
          rule: `${node.expression.getText(file.syntax)} is constructed outside of the connection factory`,
          remedy: 'Ask the factory for a connection with a role',
        }));
    });
}

/** The names under which a file knows the classes of ioredis. */
function clientNames(file: SourceFile): Set<string> {
  const names = new Set<string>();
  for (const { importClause: clause, moduleSpecifier } of nodesOf(file, ts.isImportDeclaration)) {
    if (!clause || !ts.isStringLiteral(moduleSpecifier) || moduleSpecifier.text !== 'ioredis') continue;
    if (clause.name) names.add(clause.name.text);
    const named = clause.namedBindings;
    if (named && ts.isNamespaceImport(named)) names.add(named.name.text);
    if (named && ts.isNamedImports(named)) {
      for (const element of named.elements) {
        const original = (element.propertyName ?? element.name).text;
        if (['default', 'Redis', 'Cluster'].includes(original)) names.add(element.name.text);
      }
    }
  }
  return names;
}

/** Classes that extend one of ioredis, directly or by way of others, wherever they are. */
function subclassesOfClients(files: SourceFile[]): Set<string> {
  const found = new Set<string>();
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const file of files) {
      const clients = new Set([...clientNames(file), ...found]);
      for (const node of [...nodesOf(file, ts.isClassDeclaration), ...nodesOf(file, ts.isClassExpression)]) {
        const base = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
        if (node.name && base?.types.some(({ expression }) => isClient(expression, clients))) {
          found.add(node.name.text);
        }
      }
    }
  }
  return found;
}

/** `Redis`, `Redis.Cluster`, `ioredis.default`. */
function isClient(expression: ts.Expression, clients: Set<string>): boolean {
  if (ts.isIdentifier(expression)) return clients.has(expression.text);
  return ts.isPropertyAccessExpression(expression) && isClient(expression.expression, clients);
}

function strayEnvironmentReads(tree: SourceTree): Violation[] {
  return shipped(tree)
    .filter(({ path }) => !environmentReaders.some((reader) => reader.test(path)))
    .flatMap((file) => {
      const lines: number[] = [];
      walk(file.syntax, (node) => {
        if (readsEnvironment(node)) lines.push(lineOf(file.syntax, node));
      });
      return lines.map((line) => ({
        file: file.path,
        line,
        rule: 'process.env is read here',
        remedy: file.room.startsWith('apps/')
          ? "Read it in the application's one *.config.ts"
          : 'Add an option to the schema and inject the resolved options',
      }));
    });
}

function readsEnvironment(node: ts.Node): boolean {
  const isProcess = (at: ts.Node) => /^(?:globalThis\.)?process$/.test(at.getText());
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'env' && isProcess(node.expression);
  if (ts.isElementAccessExpression(node)) {
    return isProcess(node.expression) && /^['"`]env['"`]$/.test(node.argumentExpression.getText());
  }
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name)) {
    return (
      node.initializer !== undefined && isProcess(node.initializer) && /\benv\b/.test(node.name.getText())
    );
  }
  return (
    ts.isImportDeclaration(node) &&
    /^['"](?:node:)?process['"]$/.test(node.moduleSpecifier.getText()) &&
    /\benv\b/.test(node.importClause?.getText() ?? '')
  );
}

function nodesOf<T extends ts.Node>(file: SourceFile, is: (node: ts.Node) => node is T): T[] {
  const nodes: T[] = [];
  walk(file.syntax, (node) => {
    if (is(node)) nodes.push(node);
  });
  return nodes;
}

describe('single places', () => {
  it('only the connection factory constructs ioredis clients', () => {
    expect(describeViolations(strayClients(readRepository()))).toEqual([]);
  });

  it('only one file of a package reads process.env', () => {
    expect(describeViolations(strayEnvironmentReads(readRepository()))).toEqual([]);
  });

  const guarded = "import { Redis as Base } from 'ioredis'; export class GuardedRedis extends Base {}";

  it.each([
    ['new Redis', "import { Redis } from 'ioredis'; new Redis();"],
    ['new Cluster', "import { Cluster } from 'ioredis'; new Cluster([]);"],
    ['a default import', "import IORedis from 'ioredis'; new IORedis();"],
    ['a cluster behind a default import', "import IORedis from 'ioredis'; new IORedis.Cluster([]);"],
    ['another name', "import { Redis as Client } from 'ioredis'; new Client();"],
    ['a namespace', "import * as ioredis from 'ioredis'; new ioredis.Redis();"],
    ['a subclass', "import { GuardedRedis } from './guarded-redis.js'; new GuardedRedis();"],
    ['a subclass of a subclass', 'class Deep extends GuardedRedis {} new Deep();'],
  ])('notices a client made by %s', (_, text) => {
    const tree = { 'libs/redis/src/connections/guarded-redis.ts': guarded };
    expect(strayClients(fixture({ ...tree, 'libs/cache/src/a.ts': text }))).toHaveLength(1);
    expect(
      strayClients(fixture({ ...tree, 'libs/redis/src/connections/connection-factory.ts': text })),
    ).toEqual([]);
    expect(strayClients(fixture({ ...tree, 'libs/redis/src/a.spec.ts': text }))).toEqual([]);
  });

  it('leaves other classes of ioredis, and the type of a client, alone', () => {
    const text =
      "import { Command, type Redis } from 'ioredis'; new Command('GET'); let x: Redis; new Map();";
    expect(strayClients(fixture({ 'libs/redis/src/a.ts': text }))).toEqual([]);
  });

  it.each([
    'process.env.REDIS_URL;',
    "process['env'];",
    'const { env } = process;',
    "import { env } from 'node:process';",
    'globalThis.process.env;',
  ])('notices %s', (text) => {
    expect(strayEnvironmentReads(fixture({ 'libs/redis/src/a.ts': text }))).toHaveLength(1);
    expect(strayEnvironmentReads(fixture({ 'apps/demo/src/main.ts': text }))).toHaveLength(1);
    expect(strayEnvironmentReads(fixture({ 'libs/redis/src/configuration/redis.config.ts': text }))).toEqual(
      [],
    );
  });
});
