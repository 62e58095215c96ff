import { runContest } from './contest.mjs';
import { Contestant } from './contestant.mjs';
import { loadMetrics } from './load.mjs';
import { profileFlags } from './profile.mjs';

/**
 * Makes a suite that puts contestants under a closed-loop load.
 *
 * @param {object} suite
 * @param {string} suite.name
 * @param {string} suite.title
 * @param {string} suite.about what is measured, for the report
 * @param {URL} suite.module exports `contestants: { id, label, open(url) => { operations, close() } }[]`
 * @param {string} suite.baseline id of a contestant
 * @param {{ operation: string, concurrency: number, label: string }[]} suite.cases
 * @param {{ contestant: string, metric: string, within: number }[]} [suite.targets]
 */
export function loadSuite({ module, cases, baseline, ...suite }) {
  return {
    ...suite,
    baseline,
    metrics: loadMetrics,
    needsRedis: true,
    async run({ redisUrl, quick, repeat, profile, only, onProgress }) {
      const durationMs = quick ? 200 : 500;
      const rounds = repeat ?? (quick ? 5 : 15);
      const { contestants: offered } = await import(module.href);
      const opened = offered
        .filter(({ id }) => !only || only.includes(id) || id === baseline)
        .map(({ id, label }) => new Contestant({ id, label, module }, profileFlags(profile, suite.name, id)));
      try {
        await Promise.all(opened.map((contestant) => contestant.open(redisUrl)));
        const results = await runContest({
          contestants: opened,
          cases: cases.map((testCase) => ({
            ...testCase,
            id: `${testCase.operation}-${testCase.concurrency}`,
          })),
          rounds,
          baseline,
          measure: (contestant, { operation, concurrency }) =>
            contestant.measure({ operation, concurrency, durationMs }),
          onProgress,
        });
        return { method: `${rounds} interleaved rounds of ${durationMs} ms each`, results };
      } finally {
        await Promise.allSettled(opened.map((contestant) => contestant.close()));
      }
    },
  };
}
