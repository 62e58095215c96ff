import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocksOf, compileBlocks } from './code-blocks.js';
import { root } from './source-tree.js';
import { describeViolations } from './violation.js';

function pages(): string[] {
  const rooms = readdirSync(join(root, 'libs')).map((room) => `libs/${room}/README.md`);
  return ['README.md', ...pagesUnder('docs'), ...rooms, 'bench/README.md'].filter((page) =>
    existsSync(join(root, page)),
  );
}

function pagesUnder(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
}

describe('code blocks of the documentation', () => {
  it('compile as they stand', () => {
    const blocks = pages().flatMap((page) => codeBlocksOf(page, readFileSync(join(root, page), 'utf8')));
    expect(describeViolations(compileBlocks(blocks))).toEqual([]);
  }, 120_000);

  it('are found with their place, also when indented', () => {
    const page =
      '# A\n\n```ts\nlet a;\n```\n\n- b\n  ```typescript no-check\n  let b;\n  ```\n\n```sh\nls\n```\n';
    expect(codeBlocksOf('a.md', page)).toMatchObject([
      { line: 3, remark: '', text: 'let a;\n' },
      { line: 8, remark: 'no-check', text: 'let b;\n' },
    ]);
  });

  it('that are wrong are noticed', () => {
    const page = [
      "```ts\nimport { Module } from '@nestjs/common';\n@Module({ imports: [] })\nexport class AppModule {}\n```",
      "```ts\nimport { nothing } from '@holdfast/redis';\nexport const a = nothing;\n```",
      '```ts\nexport const b: number = undeclared;\n```',
      '```ts no-check\nexport const c = 1;\n```',
      '```ts\nexport const d = {;\n```',
    ].join('\n');
    expect(compileBlocks(codeBlocksOf('page.md', page))).toMatchObject([
      { line: 13, rule: expect.stringContaining('no-check') },
      { line: 7, rule: expect.stringContaining("no exported member 'nothing'") },
      { line: 11, rule: expect.stringContaining("Cannot find name 'undeclared'") },
      { line: 17, rule: expect.stringContaining('does not compile') },
    ]);
  }, 120_000);
});
