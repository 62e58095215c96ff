/**
 * What a cell comes to, from the best to the worst. `tone` is its colour.
 *
 * @type {Readonly<Record<string, { tone: string, legend: string }>>}
 */
export const tones = {
  answered: { legend: 'answered: callers notice nothing' },
  memory: { legend: 'answered from memory; what must not be guessed fails fast' },
  fast: { legend: 'fast errors: callers know within 1 s' },
  slow: { legend: 'slow: answers or errors after more than 1 s' },
  hung: { legend: 'hung: calls waited longer than 6 s' },
  never: { legend: 'not usable again within 10 s, or the process crashed' },
};

const slowMs = 1_000;

/**
 * Judges by the second half of the fault, when it could have been noticed; but a call that hung at any time counts.
 *
 * @param {object} cell a result of evaluate.mjs
 * @returns {{ tone: keyof typeof tones, word: string, detail: string, marks: string[] }}
 */
export function verdictOf(cell) {
  if (cell === undefined) return { tone: 'none', word: '–', detail: '', marks: [] };
  if (cell.failed) return { tone: 'none', word: 'not measured', detail: '', marks: [] };
  if (cell.crashed) return { tone: 'never', word: 'crashed', detail: '', marks: [] };
  const { while: out, lateShares, whileMs, recoverMs } = cell;
  // A fault that begins and ends at its own time may be over before its second half has calls.
  const late = lateShares.calls > 0 ? lateShares : out;
  const failed = Math.max(late.failed, out.failed);
  const marks = marksOf(cell);
  const detail = `${seconds(whileMs.max)} · ${recoverMs === null ? 'not back' : `back ${seconds(recoverMs)}`}`;
  const said = (tone, word) => ({ tone, word, detail, marks });
  if (recoverMs === null) return said('never', 'not back');
  if (out.hung > 0.01) return said('hung', `hung ${percent(out.hung)}`);
  if ((cell.lateMs.p99 ?? whileMs.p99) > slowMs) {
    return said('slow', failed > 0.01 ? `slow, ${percent(failed)} failed` : 'slow answers');
  }
  if (late.memory > 0.05) return said('memory', `memory ${percent(late.memory)}`);
  if (failed > 0.01) return said('fast', `errors ${percent(failed)}`);
  return said('answered', 'answered');
}

/** What was done behind the caller's back. */
function marksOf({ ghosts, twice, lostFromMemory, lost, wrongAnswers }) {
  return [
    ghosts > 0 && `${ghosts} ghost${ghosts === 1 ? '' : 's'}`,
    twice > 0 && `${twice} twice`,
    wrongAnswers > 0 && `${wrongAnswers} wrong`,
    lost + lostFromMemory > 0 && `${lost + lostFromMemory} lost`,
  ].filter(Boolean);
}

/** @param {number | null | undefined} ms */
export function seconds(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1) return '<1 ms';
  if (ms < 95) return `${Math.round(ms)} ms`;
  return `${(ms / 1_000).toFixed(ms < 9_950 ? 1 : 0)} s`;
}

export function percent(share) {
  const value = share * 100;
  if (value > 0 && value < 1) return '<1 %';
  return `${value > 99 && value < 100 ? 99 : Math.round(value)} %`;
}
