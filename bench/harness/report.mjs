import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documentFile, resultsFolder } from './paths.mjs';

/**
 * @typedef {object} Report
 * @property {object} suite
 * @property {string} command
 * @property {string} date
 * @property {object} machine
 * @property {string} redis version of the server
 * @property {object} versions
 * @property {string} method
 * @property {import('./contest.mjs').CaseResult[]} results
 */

/** @param {Report} report */
export function printReport({ suite, results, ...circumstances }) {
  console.log(`\n${describe(circumstances)}`);
  for (const testCase of results) {
    console.log(`\n${suite.title}: ${testCase.label}`);
    console.table(
      Object.fromEntries(
        testCase.standings.map((standing) => [standing.label, row(suite, standing, testCase)]),
      ),
    );
  }
  for (const verdict of judge(suite, results)) console.log(verdict);
}

/** @param {Report} report */
export async function saveReport({ suite, ...report }) {
  mkdirSync(resultsFolder, { recursive: true });
  const { name, title, about, baseline, metrics, targets } = suite;
  const text = JSON.stringify({ suite: { name, title, about, baseline, metrics, targets }, ...report });
  writeFileSync(join(resultsFolder, `${name}.json`), await formatted(text, 'json'));
}

/**
 * Puts the section of a suite into the document: in its old place, or at the end.
 *
 * @param {Report} report
 */
export async function writeSection(report) {
  const { name } = report.suite;
  const old = existsSync(documentFile) ? readFileSync(documentFile, 'utf8') : '# Performance\n';
  const section = `<!-- bench:${name} -->\n\n${markdown(report)}\n\n<!-- /bench:${name} -->`;
  const place = new RegExp(`<!-- bench:${name} -->.*<!-- /bench:${name} -->`, 's');
  const text = place.test(old) ? old.replace(place, () => section) : `${old.trimEnd()}\n\n${section}\n`;
  mkdirSync(dirname(documentFile), { recursive: true });
  writeFileSync(documentFile, await formatted(text, 'markdown'));
}

/** @param {Report} report */
function markdown({ suite, results, ...circumstances }) {
  const tables = results.map((testCase) => {
    const rows = testCase.standings.map((standing) => [standing.label, row(suite, standing, testCase)]);
    const columns = Object.keys(rows[0][1]);
    return [
      `### ${testCase.label}`,
      '',
      `| | ${columns.join(' | ')} |`,
      `|---|${'---:|'.repeat(columns.length)}`,
      ...rows.map(([label, cells]) => `| ${label} | ${columns.map((column) => cells[column]).join(' | ')} |`),
    ].join('\n');
  });
  const verdicts = judge(suite, results).map((verdict) => `- ${verdict}`);
  return [
    `## ${suite.title}`,
    suite.about,
    `${describe(circumstances)} Medians; a ratio is taken round by round, its quartiles are in brackets.`,
    ...tables,
    ...(verdicts.length > 0 ? [`### Targets`, verdicts.join('\n')] : []),
  ].join('\n\n');
}

/** All a figure depends on, in one paragraph. */
function describe({ command, date, machine, redis, versions, method }) {
  const { cpu, cores, memoryGb, os, node, loadBefore } = machine;
  const packages = Object.entries({ ...versions.theirs, ...versions.ours })
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
  const busy = loadBefore > cores / 2 ? ' (busy: repeat it)' : '';
  return `\`${command}\`, ${date}: ${method}. ${cpu}, ${cores} cores, ${memoryGb} GB, ${os}, load ${loadBefore.toFixed(1)} before${busy}; Node ${node}, Redis ${redis}; ${packages}.`;
}

/** Formats as the rest of the repository is, so that its lint passes. */
async function formatted(text, parser) {
  const { format } = await import('prettier');
  return format(text, { parser, printWidth: 110 });
}

function row(suite, standing, { baseline }) {
  const cells = {};
  for (const { id, label, digits, compared } of suite.metrics) {
    const { median, min, max } = standing.metrics[id];
    cells[label] = suite.spread
      ? `${number(median, digits)} (${number(min, digits)}–${number(max, digits)})`
      : number(median, digits);
    if (!compared) continue;
    const ratio = standing.ratios[id];
    cells[`${label} vs baseline`] =
      standing.id === baseline
        ? 'baseline'
        : `${ratio.median.toFixed(3)} (${ratio.q1.toFixed(2)}–${ratio.q3.toFixed(2)})`;
  }
  return cells;
}

/** One sentence a target and case: held or missed. */
function judge({ targets = [], metrics }, results) {
  return targets.flatMap(({ contestant, metric: id, within, more, cases }) => {
    const metric = metrics.find((candidate) => candidate.id === id);
    return results.flatMap((testCase) => {
      const standing = testCase.standings.find((candidate) => candidate.id === contestant);
      const baseline = testCase.standings.find((candidate) => candidate.id === testCase.baseline);
      if (standing === undefined || (cases && !cases.includes(testCase.id))) return [];
      const name = `${standing.label}, ${testCase.label}`;
      if (more !== undefined) {
        const difference = standing.differences[id].median;
        const verdict = difference <= more ? 'held' : 'missed';
        return [`${verdict}: ${name}: ${metric.label} ${number(difference, 1)} more than ${baseline.label} (at most ${more})`]; // prettier-ignore
      }
      const { median } = standing.ratios[id];
      const loss = metric.better === 'higher' ? 1 - median : median - 1;
      const verdict = loss <= within ? 'held' : 'missed';
      return [`${verdict}: ${name}: ${metric.label} ${median.toFixed(3)} of ${baseline.label} (within ${within * 100} %)`]; // prettier-ignore
    });
  });
}

function number(value, digits) {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
