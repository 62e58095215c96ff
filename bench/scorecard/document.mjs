import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootFolder } from '../harness/paths.mjs';
import { betterElsewhere } from './better-elsewhere.mjs';
import { contestants } from './contestants/index.mjs';
import { faults } from './faults.mjs';
import { rhythm } from './load.mjs';
import { picture } from './picture.mjs';
import { promiseRows } from './promises.mjs';
import { percent, seconds, verdictOf } from './verdict.mjs';

const symbols = { answered: '●', memory: '◐', fast: '○', slow: '▲', hung: '■', never: '✖', none: '–' };

/**
 * Writes docs/outages.md and docs/outages.svg.
 *
 * @returns {Promise<string[]>} the files
 */
export async function writeDocument(report) {
  const folder = join(rootFolder, 'docs');
  mkdirSync(folder, { recursive: true });
  const { format } = await import('prettier');
  const page = await format(markdown(report), { parser: 'markdown', printWidth: 110 });
  const files = { 'outages.md': page, 'outages.svg': picture(report) };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return Object.keys(files).map((name) => `docs/${name}`);
}

function markdown(report) {
  return [
    '<!-- Written by `npm run scorecard -- --write`. Changes by hand are lost. -->',
    '# Outages',
    'What a Redis client does to its callers when Redis freezes, disappears, comes back empty or turns read-only. Measured for Holdfast and for what people use today, with the same faults and the same load, by a command that anyone can run:',
    '```sh\nnpm run scorecard                                       # about a quarter of an hour\nnpm run scorecard -- --quick --fault half-open\nnpm run demo:outage                                     # the sample application, second by second\n```',
    `![${describePicture}](outages.svg)`,
    '## What is promised',
    'The promises of Holdfast with the defaults, and the worst figure of this run over all faults below.',
    promiseTable(report),
    '## Fault by fault',
    keyToTables,
    ...faults.flatMap((fault) => faultSection(fault, report)),
    '## Leaving in an outage',
    '`close()` of client and subscriber under load, one second into the outage. After 8 s nobody waits any longer.',
    leavingTable(report),
    '## Where others do better',
    betterElsewhere(report),
    '## Method',
    method(report),
    '## What this does not say',
    limits,
  ].join('\n\n');
}

const describePicture =
  'Heat map: for every client and fault, whether callers were answered, got fast errors, waited, or hung';

const keyToTables = `${[
  '● answered',
  '◐ answered from memory, what must not be guessed fails at once',
  '○ errors within 1 s',
  '▲ answers or errors after more than 1 s',
  '■ calls that waited longer than 6 s',
  '✖ not usable again within 10 s',
].join('; ')}.

_Shares_ are of the calls made while the fault lasted: answered by Redis, by memory, failed, hung. _Later p99_ is that of the second half of the fault, when it could have been noticed. _Noticed_ is the first call that failed or was answered by somebody else. _Back_ is the first of 50 answers in a row after the fault ended; _idle subscriber_ the first message on a connection that was silent until then. _Ghosts_ are writes that were reported as failed and sent to Redis after that; _late_ ones were under way at that time and executed later: _as said_ when every one of those errors said that the outcome was \`unknown\`. _Twice_ are single increments that counted two.`;

function promiseTable(report) {
  const rows = promiseRows(report).map(
    ({ name, promise, meaning, measured, tests }) =>
      `| **${name}** | ${promise} | ${meaning} | ${measured} | ${tests.map(link).join(', ') || '–'} |`,
  );
  return ['| | promise | what it means here | measured | held by |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}

function link(path) {
  if (!existsSync(join(rootFolder, path))) throw new Error(`promises.mjs names ${path}, which is not there`);
  return `[${path.split('/').slice(1).join('/')}](../${path})`;
}

function faultSection({ id, label, about, lastsMs }, { cells, quick }) {
  const rows = contestants.flatMap((contestant) => {
    const cell = cells.find((each) => each.fault === id && each.contestant === contestant.id);
    return cell ? [rowOf(contestant, cell)] : [];
  });
  if (rows.length === 0) return [];
  const lasts =
    lastsMs === 0 ? 'It takes as long as it takes.' : `${(lastsMs * (quick ? 0.5 : 1)) / 1_000} s.`;
  const columns = ['', 'callers', 'answered / memory / failed / hung', 'longest wait', 'later p99', 'noticed', 'back', 'idle subscriber', 'ghosts', 'late', 'twice', 'attempts/s', 'heap', 'log lines']; // prettier-ignore
  return [
    `### ${label[0].toUpperCase()}${label.slice(1)}`,
    `${about} ${lasts}`,
    [`| ${columns.join(' | ')} |`, `|---|---${'|---:'.repeat(columns.length - 2)}|`, ...rows].join('\n'),
  ];
}

function rowOf({ label, ours }, cell) {
  const name = ours ? `**${label.replace('|', ' ')}**` : label.replace('|', ' ');
  const { tone, word } = verdictOf(cell);
  if (cell.failed || cell.crashed) return `| ${name} | ${symbols[tone]} ${word} ${'| '.repeat(12)}|`;
  const { while: out, whileMs, lateMs, detectMs, recoverMs, subscriber } = cell;
  const shares = [out.answered, out.memory, out.failed, out.hung].map((share) =>
    percent(share).replace(' %', ''),
  );
  const back = (ms) => (ms === null ? '**not in 10 s**' : seconds(ms));
  const count = (value) => (value > 0 ? `**${value.toLocaleString('en')}**` : '0');
  const figures = [
    `${shares.join(' / ')} %`,
    seconds(whileMs.max),
    seconds(lateMs.p99),
    seconds(detectMs),
    back(recoverMs),
    back(subscriber.backMs),
    count(cell.ghosts),
    late(cell),
    count(cell.twice),
    cell.attemptsPerSecond.toFixed(1),
    `${cell.heapGrowthMb >= 0 ? '+' : '−'}${Math.abs(cell.heapGrowthMb).toFixed(1)} MB`,
    cell.linesWhileOut,
  ];
  return `| ${name} | ${symbols[tone]} ${word} | ${figures.join(' | ')} |`;
}

/** Executed after the report, and whether the report had said that this may happen. */
function late({ lateInFlight, lateUnsaid }) {
  if (lateInFlight === 0) return '0';
  const number = lateInFlight.toLocaleString('en');
  return lateUnsaid > 0 ? `**${number}**` : `${number}, as said`;
}

function leavingTable({ leaving }) {
  const rows = contestants
    .filter(({ id }) => leaving[id])
    .map(({ id, label, ours }) => {
      const shown = ['refused', 'frozen'].map((outage) => {
        const { tookMs, error, connectionsLeft } = leaving[id][outage];
        const left = connectionsLeft > 0 ? `, **${connectionsLeft} connections left**` : '';
        if (tookMs === null) return `**not in 8 s**${left}`;
        return `${seconds(tookMs)}${error ? `, error: ${error.replaceAll('|', '/').slice(0, 60)}` : ''}${left}`;
      });
      const name = label.replace('|', ' ');
      return `| ${ours ? `**${name}**` : name} | ${shown.join(' | ')} |`;
    });
  return ['| | refused | frozen |', '|---|---|---|', ...rows].join('\n');
}

function method({ command, date, machine, redis, versions, parallel, tookMinutes, quick }) {
  const { 'nest-11': nest, ...others } = versions;
  const named = Object.entries(others).map(([name, version]) => `${name} ${version}`);
  const { cpu, cores, memoryGb, os, node, loadBefore } = machine;
  const busy = loadBefore > cores / 2 ? ' (busy: repeat it)' : '';
  const configured = contestants.map(({ label, how }) => `- ${label.replace('|', ' ')}: ${how}.`);
  return `\`${command}\`, ${date}, ${tookMinutes.toFixed(0)} minutes, ${parallel} cells at once${quick ? '; **a quick run: not for figures**' : ''}. ${cpu}, ${cores} cores, ${memoryGb} GB, ${os}, load ${loadBefore.toFixed(1)} before${busy}; Node ${node}, Redis ${redis}; ${named.join(', ')}; with @nestjs-redis/client ${nest['@nestjs-redis/client']} its own redis ${nest.redis} and @nestjs/core ${nest['@nestjs/core']}.

- **A cell** is one fault against one contestant: a process, a Redis server and a fault proxy of its own. One second of health, the fault, then three seconds, ten when it does not work again.
- **The load is constant**: ${rhythm.callsAtOnce} calls at once every ${rhythm.everyMs} ms (${(rhythm.callsAtOnce * 1_000) / rhythm.everyMs} a second: GET, SET and INCR in turn), whether those before were answered or not, as users do. Every SET and INCR has a key of its own.
- **The witness** is MONITOR on a connection past the proxy: it sees what Redis executed, when, and over which connection. A write reported as failed is a ghost only when it was executed over a connection that was made after the report; what was in flight at the time of the report and executed later is not counted.
- **An increment** that succeeded once and counted two is seen in its key, because no other call uses it.
- **Attempts to connect** are counted in the process of the contestant, refused ones included.

Configured as follows. Each has an \`error\` listener where its README shows one.

${configured.join('\n')}`;
}

const limits = `- One server, one client process, one machine. Clusters and Sentinel are not here.
- Ten seconds are short: what a client does after an hour is not seen.
- The load is far from what the clients can do; how fast they are is another question, answered by \`npm run bench\`.
- Clients without the options that would have helped are not bad clients. They are measured as people find and configure them.
- Holdfast’s answers from memory are those of one process, and a cache’s: a key that it does not know is reported as absent.`;
