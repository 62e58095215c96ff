import { join } from 'node:path';
import ts from 'typescript';
import { root } from './source-tree.js';
import type { Violation } from './violation.js';

/** A fenced block of TypeScript in a page. */
export interface CodeBlock {
  page: string;
  /** The line of the fence, so that line 1 of the block is the one after it. */
  line: number;
  language: string;
  /** What follows the language on the fence: nothing is allowed there. */
  remark: string;
  text: string;
}

/** Every block of TypeScript in a page of Markdown. */
export function codeBlocksOf(page: string, markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: CodeBlock | undefined;
  let indent = '';
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^(\s*)`{3,}\s*([\w-]*)\s*(.*)$/.exec(line);
    if (fence && !open) {
      const [, space = '', language = '', remark = ''] = fence;
      indent = space;
      open = { page, line: index + 1, language: language.toLowerCase(), remark: remark.trim(), text: '' };
    } else if (fence && open) {
      if (/^(?:ts|tsx|typescript)$/.test(open.language)) blocks.push(open);
      open = undefined;
    } else if (open) {
      open.text += `${line.startsWith(indent) ? line.slice(indent.length) : line}\n`;
    }
  }
  return blocks;
}

/**
 * Compiles each block as a module of its own, as strictly as the tests. The files exist in memory only, in a
 * folder of the repository, so that packages are found as they are from anywhere in it.
 */
export function compileBlocks(blocks: CodeBlock[]): Violation[] {
  const refused = blocks.filter(({ remark }) => remark !== '');
  const files = new Map(blocks.map((block, index) => [fileFor(block, index), block]));
  const options = readOptions();
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name)?.text ?? readFile(name);
  host.getSourceFile = (name, languageOptions, ...rest) => {
    const block = files.get(name);
    return block
      ? ts.createSourceFile(name, block.text, languageOptions, true)
      : getSourceFile(name, languageOptions, ...rest);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [
    ...refused.map(({ page, line, remark }) => ({
      file: page,
      line,
      rule: `a block of TypeScript is marked "${remark}"`,
      remedy: 'Write it so that it compiles, or as text when it is not TypeScript',
    })),
    ...[...files].flatMap(([name, block]) => {
      const source = program.getSourceFile(name);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        ({ messageText, start = 0 }) => ({
          file: block.page,
          line: block.line + 1 + (source?.getLineAndCharacterOfPosition(start).line ?? 0),
          rule: `the block does not compile: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
          remedy: 'Make it a complete module that works as it stands',
        }),
      );
    }),
  ];
}

function fileFor({ language }: CodeBlock, index: number): string {
  return join(root, '.holdfast', 'blocks', `block-${index}.${language === 'tsx' ? 'tsx' : 'ts'}`);
}

function readOptions(): ts.CompilerOptions {
  const path = join(root, 'test', 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, 'test'), undefined, path);
  return { ...options, noEmit: true, noUnusedLocals: false, noUnusedParameters: false, composite: false };
}
