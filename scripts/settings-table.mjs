#!/usr/bin/env node
// Prints the table of all settings of @holdfast/redis as Markdown, as they were built.
//
//   --write <page>    put it between the two settings markers of that page instead
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';

// They are no part of the package's interface: only this table looks at it.
const { settings } = await import(new URL('../libs/redis/dist/configuration/settings.js', import.meta.url));

const markers = ['<!-- settings -->', '<!-- /settings -->'];
const { values: options } = parseArgs({ options: { write: { type: 'string' } } });

const table = await settingsTable();
if (options.write === undefined) process.stdout.write(table);
else insert(options.write);

async function settingsTable() {
  const head = ['Variable', 'Option', 'Default', 'Accepted', 'What it does'];
  const rows = Object.entries(settings).map(([option, setting]) => [
    `\`${setting.env}\``,
    `\`${option}\``,
    shownDefault(setting),
    setting.accepted,
    setting.about,
  ]);
  const lines = [head, head.map(() => '-'), ...rows].map((cells) => `| ${cells.map(escape).join(' | ')} |`);
  const config = await resolveConfig(import.meta.filename);
  return format(lines.join('\n'), { ...config, parser: 'markdown' });
}

function shownDefault({ shownDefault: shown, byDefault }) {
  const value = shown ?? byDefault;
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return 'none';
  return String(value);
}

function escape(cell) {
  return cell.replaceAll('|', '\\|');
}

function insert(page) {
  const text = readFileSync(page, 'utf8');
  const [from, to] = markers.map((marker) => text.indexOf(marker));
  if (from < 0 || to < from) {
    console.error(`settings-table: ${page} has no ${markers.join(' … ')}`);
    process.exitCode = 1;
    return;
  }
  const start = from + markers[0].length;
  writeFileSync(page, `${text.slice(0, start)}\n\n${table}\n${text.slice(to)}`);
}
