import { contestants } from './contestants/index.mjs';
import { faults } from './faults.mjs';
import { tones, verdictOf } from './verdict.mjs';

const margin = 20;
const labelWidth = 176;
const cell = { width: 124, height: 38, gap: 3 };
const headHeight = 104;
const legendLine = 24;
/** Background and text; readable on white and on black pages, and by people who do not see red and green apart. */
const colours = {
  answered: ['#1a7f4b', '#ffffff'],
  memory: ['#5fb78a', '#06281a'],
  fast: ['#8ec5f0', '#0a2a43'],
  slow: ['#f2c14e', '#3b2a00'],
  hung: ['#d9542b', '#ffffff'],
  never: ['#7a1040', '#ffffff'],
  none: ['#9aa0a6', '#ffffff'],
};

/** A heat map of every contestant and fault, as SVG text. */
export function picture({ cells, date, redis, quick }) {
  const width = 2 * margin + labelWidth + contestants.length * (cell.width + cell.gap);
  const bodyHeight = faults.length * (cell.height + cell.gap);
  const legend = legendOf(headHeight + bodyHeight + 22);
  const height = legend.bottom + margin;
  const parts = [
    text({ x: margin, y: 30, className: 'title', says: 'What callers get while Redis fails' }),
    text({
      x: margin,
      y: 50,
      className: 'small',
      says: `The same load and the same faults for everyone. Below each verdict: the longest wait, and the time until it worked again. ${date}, Redis ${redis}${quick ? ', quick run' : ''}.`,
    }),
    ...contestants.flatMap(({ label, ours }, column) => head(label, ours, column)),
    ...faults.flatMap((fault, row) => rowOf(fault, row, cells)),
    ...legend.parts,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d">
<title id="t">What callers get while Redis fails</title>
<desc id="d">${escape(description(cells))}</desc>
<style>
text { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; }
.page { fill: #ffffff } .title, .label, .head, .key { fill: #1f2328 } .small { fill: #59636e } .frame { stroke: #1f2328 }
.title { font-size: 19px; font-weight: 700 } .small, .key { font-size: 12px } .label { font-size: 13px }
.head { font-size: 12.5px } .ours { font-weight: 700 } .word { font-size: 11.5px; font-weight: 600 } .detail { font-size: 10px }
.frame { fill: none; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117 } .title, .label, .head, .key { fill: #e6edf3 } .small { fill: #9198a1 } .frame { stroke: #e6edf3 }
}
</style>
<rect class="page" width="${width}" height="${height}" rx="8"/>
${parts.join('\n')}
${frame(bodyHeight)}
</svg>
`;
}

function head(label, ours, column) {
  const [first, second] = label.split('|');
  const className = ours ? 'head ours' : 'head';
  const x = left(column) + cell.width / 2;
  return [
    text({ x, y: headHeight - 28, className, anchor: 'middle', says: first }),
    text({ x, y: headHeight - 12, className, anchor: 'middle', says: second }),
  ];
}

function rowOf(fault, row, cells) {
  const y = headHeight + row * (cell.height + cell.gap);
  return [
    text({
      x: margin + labelWidth - 12,
      y: y + cell.height / 2 + 4,
      className: 'label',
      anchor: 'end',
      says: fault.label,
    }),
    ...contestants.flatMap((contestant, column) => {
      const found = cells.find((each) => each.fault === fault.id && each.contestant === contestant.id);
      return box(verdictOf(found), left(column), y);
    }),
  ];
}

function box({ tone, word, detail, marks }, x, y) {
  const [fill, ink] = colours[tone];
  const middle = x + cell.width / 2;
  const below = marks.length > 0 ? marks.join(', ') : detail;
  return [
    `<rect x="${x}" y="${y}" width="${cell.width}" height="${cell.height}" rx="4" fill="${fill}"/>`,
    text({ x: middle, y: y + (below ? 17 : 23), className: 'word', anchor: 'middle', fill: ink, says: word }),
    ...(marks.length > 0
      ? [
          `<rect x="${x + 5}" y="${y + 21.5}" width="${cell.width - 10}" height="13.5" rx="3" fill="#1b1030"/>`,
        ]
      : []),
    text({
      x: middle,
      y: y + 31.5,
      className: 'detail',
      anchor: 'middle',
      fill: marks.length > 0 ? '#ffd7f0' : ink,
      says: below,
    }),
  ];
}

/** Two columns, and a line on what was done behind the caller's back. */
function legendOf(top) {
  const entries = Object.entries(tones);
  const parts = entries.flatMap(([tone, { legend }], index) => {
    const x = margin + labelWidth + (index % 2) * 480;
    const y = top + Math.floor(index / 2) * legendLine;
    return [
      `<rect x="${x}" y="${y - 11}" width="26" height="14" rx="3" fill="${colours[tone][0]}"/>`,
      text({ x: x + 34, y, className: 'key', says: legend }),
    ];
  });
  const y = top + Math.ceil(entries.length / 2) * legendLine;
  const x = margin + labelWidth;
  parts.push(
    `<rect x="${x}" y="${y - 11}" width="26" height="14" rx="3" fill="#1b1030" stroke="#ffd7f0"/>`,
    text({
      x: x + 34,
      y,
      className: 'key',
      says: 'behind the caller’s back. ghosts: writes reported as failed, and sent to Redis afterwards. twice: increments that counted two.',
    }),
  );
  return { parts, bottom: y };
}

function frame(bodyHeight) {
  const count = contestants.filter(({ ours }) => ours).length;
  const width = count * (cell.width + cell.gap) - cell.gap + 6;
  return `<rect class="frame" x="${left(0) - 3}" y="${headHeight - 46}" width="${width}" height="${bodyHeight + 47}" rx="6"/>`;
}

/** For people who do not see it. */
function description(cells) {
  return contestants
    .map(({ id, label }) => {
      const tally = {};
      for (const each of cells.filter(({ contestant }) => contestant === id)) {
        const { tone } = verdictOf(each);
        tally[tone] = (tally[tone] ?? 0) + 1;
      }
      const words = Object.entries(tally).map(([tone, count]) => `${tone} ${count}`);
      return `${label.replace('|', ' ')}: ${words.join(', ')}.`;
    })
    .join(' ');
}

function left(column) {
  return margin + labelWidth + column * (cell.width + cell.gap);
}

function text({ x, y, className, anchor = 'start', fill, says }) {
  const style = fill ? ` style="fill: ${fill}"` : '';
  return `<text x="${x}" y="${y}" class="${className}" text-anchor="${anchor}"${style}>${escape(says)}</text>`;
}

function escape(says) {
  return says.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
