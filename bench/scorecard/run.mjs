#!/usr/bin/env node
// `npm run scorecard`: what a Redis client does to its callers when Redis fails. See README.md here.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkVersions, describeMachine, readVersions } from '../harness/machine.mjs';
import { resultsFolder } from '../harness/paths.mjs';
import { buildLibraries, installCompetitors } from '../harness/preparation.mjs';
import { choose, parseArguments, usage } from './arguments.mjs';
import { contestants } from './contestants/index.mjs';
import { faults } from './faults.mjs';
import { installPackages, packageVersions } from './preparation.mjs';
import { verdictOf } from './verdict.mjs';

const resultFile = join(resultsFolder, 'scorecard.json');

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`scorecard: ${process.env.DEBUG ? error.stack : error.message}`);
  process.exitCode = 1;
}
// A cell that was given up may have left something under way.
process.exit();

async function main(args) {
  const flags = parseArguments(args);
  if (flags.help) return console.log(usage);
  if (flags.list) return list();
  const chosen = {
    contestants: choose(contestants, flags.contestant, 'contestant'),
    faults: choose(faults, flags.fault, 'fault'),
  };
  const report = flags.fromResults ? lastReport() : await measure(chosen, flags, args);
  await print(report, chosen);
  if (flags.write) await write(report);
  const broken = report.cells.filter(({ failed }) => failed);
  for (const { contestant, fault, failed } of broken) console.error(`${fault} × ${contestant}: ${failed}`);
  if (broken.length > 0) process.exitCode = 1;
  return undefined;
}

function list() {
  for (const { id, label, kind, how } of contestants) {
    console.log(`${id.padEnd(20)} ${kind}, ${label.replace('|', ' ')}: ${how}`);
  }
  console.log('');
  for (const { id, about } of faults) console.log(`${id.padEnd(20)} ${about}`);
}

async function measure(chosen, flags, args) {
  installCompetitors();
  installPackages();
  if (flags.build) buildLibraries();
  const versions = readVersions();
  checkVersions(versions);
  const startedAt = performance.now();
  const machine = describeMachine();
  const { runAll } = await import('./schedule.mjs');
  const measured = await runAll(chosen, flags, (line) => console.log(line));
  const report = {
    command: ['npm run scorecard', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    date: new Date().toISOString().slice(0, 10),
    quick: flags.quick,
    parallel: flags.parallel,
    tookMinutes: (performance.now() - startedAt) / 60_000,
    machine,
    versions: { ...versions.theirs, ...versions.ours, 'nest-11': packageVersions() },
    ...measured,
  };
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(resultFile, `${JSON.stringify(report, undefined, 1)}\n`);
  return report;
}

function lastReport() {
  try {
    return JSON.parse(readFileSync(resultFile, 'utf8'));
  } catch (error) {
    throw new Error('there are no results: run it without --from-results first', { cause: error });
  }
}

async function print(report, chosen) {
  const { cells } = report;
  for (const fault of chosen.faults) {
    const rows = chosen.contestants.flatMap((contestant) => {
      const cell = cells.find((each) => each.fault === fault.id && each.contestant === contestant.id);
      if (!cell) return [];
      const { word, detail, marks } = verdictOf(cell);
      return [`  ${contestant.id.padEnd(20)} ${word.padEnd(22)} ${detail.padEnd(24)} ${marks.join(', ')}`];
    });
    if (rows.length > 0) console.log(`\n${fault.label}\n${rows.join('\n')}`);
  }
  const { promiseRows } = await import('./promises.mjs');
  console.log('');
  for (const { name, measured } of promiseRows(report)) console.log(`${name.padEnd(12)} ${measured}`);
}

async function write(report) {
  const missing = contestants.length * faults.length - report.cells.length;
  if (missing > 0) throw new Error(`${missing} cells are missing in the results: run it with --write and without a choice`); // prettier-ignore
  const { writeDocument } = await import('./document.mjs');
  for (const file of await writeDocument(report)) console.log(`written: ${file}`);
}
