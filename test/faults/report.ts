import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CellResult } from './cell.js';

const folder = join(__dirname, '..', '..', 'test-artifacts');
const parts = join(folder, 'faults');

/** Collects figures in `test-artifacts/faults.json`; prints them with HOLDFAST_FAULTS_REPORT=1. */
export function reportCells(group: string, cells: readonly CellResult[]): void {
  mkdirSync(parts, { recursive: true });
  write(join(parts, `${group}.json`), cells);
  const all = readdirSync(parts)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => JSON.parse(readFileSync(join(parts, name), 'utf8')) as CellResult[]);
  write(join(folder, 'faults.json'), all);
  if (process.env.HOLDFAST_FAULTS_REPORT === '1') process.stdout.write(table(cells));
}

/** Two test files may write at the same time: a reader sees one or the other, never half. */
function write(path: string, content: unknown): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(draft, path);
}

function table(cells: readonly CellResult[]): string {
  const head = [
    'fault',
    'subject',
    'load',
    'found',
    'back',
    'calls',
    'hung',
    'p50 out',
    'p99 out',
    'tries/s',
    'lines',
    'told',
  ];
  const rows = cells.map(({ fault, subject, load, figures, violations }) => [
    `${violations.length > 0 ? '✗ ' : ''}${fault}`,
    subject,
    load,
    ms(figures.detectMs),
    ms(figures.recoverMs),
    String(figures.calls),
    String(figures.hung),
    ms(figures.p50WhileOutMs),
    ms(figures.p99WhileOutMs),
    String(figures.attemptsPerSecond),
    String(figures.logLines),
    Object.entries(figures.told).map(([told, count]) => `${told} ${count}`).join(', '),
  ]); // prettier-ignore
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const lines = [head, ...rows].map((row) =>
    row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '),
  );
  return `\n${lines.join('\n')}\n`;
}

const ms = (value: number | null): string => (value === null ? '-' : String(Math.round(value)));
