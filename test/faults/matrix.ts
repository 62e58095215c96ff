import type { Fault } from './fault.js';
import { type CellResult, type Load, runCell } from './cell.js';
import { reportCells } from './report.js';
import { subjects } from './subjects.js';

const loads: readonly Load[] = ['idle', 'busy'];
/** Faults whose cells run at the same time; they mostly wait. */
const atOnce = 3;

/**
 * Multiplies faults with all subjects, idle and busy, and holds each cell to the promises of the design.
 * `HOLDFAST_FAULTS_ONLY` names one fault, or part of its name, to look at by itself.
 */
export function describeFaults(group: string, catalogue: readonly Fault[]): void {
  const faults = catalogue.filter(({ name }) => name.includes(process.env.HOLDFAST_FAULTS_ONLY ?? ''));
  describe(`the fault matrix, ${group}`, () => {
    const results = new Map<string, CellResult>();

    beforeAll(async () => {
      const waiting = [...faults];
      const runNext = async (): Promise<void> => {
        for (let fault = waiting.shift(); fault; fault = waiting.shift()) await runFault(fault, results);
      };
      await Promise.all(Array.from({ length: atOnce }, runNext));
    }, 300_000);
    afterAll(() => reportCells(group, [...results.values()]));

    describe.each(faults.map((fault) => ({ fault, name: fault.name })))('$name', ({ fault }) => {
      const cells = subjects.flatMap((subject) => loads.map((load) => ({ subject, load })));
      it.each(cells.map(({ subject, load }) => [subject.rows, subject.name, load] as const))(
        '%s: %s, %s, keeps every promise',
        (_, subject, load) => {
          expect(results.get(idOf(fault.name, subject, load))?.violations).toEqual([]);
        },
      );
    });
  });
}

async function runFault(fault: Fault, results: Map<string, CellResult>): Promise<void> {
  const cells = subjects.flatMap((subject) => loads.map((load) => runCell(fault, subject, load)));
  for (const result of await Promise.all(cells)) {
    results.set(idOf(result.fault, result.subject, result.load), result);
  }
}

const idOf = (fault: string, subject: string, load: Load): string => [fault, subject, load].join(' / ');
