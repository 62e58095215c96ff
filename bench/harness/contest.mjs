import { summarise } from './statistics.mjs';

/**
 * @typedef {Record<string, number>} Sample what one measurement gave, by metric
 * @typedef {{ id: string, label: string }} Named
 * @typedef {Named & { metrics: Record<string, import('./statistics.mjs').Summary>,
 *   ratios: Record<string, import('./statistics.mjs').Summary>,
 *   differences: Record<string, import('./statistics.mjs').Summary> }} Standing
 * @typedef {Named & { baseline: string, standings: Standing[] }} CaseResult
 */

/**
 * Measures every contestant in every case, round after round, in an order that moves on by one each round.
 * A first round is thrown away.
 *
 * @param {object} contest
 * @param {readonly Named[]} contestants
 * @param {readonly Named[]} contest.cases
 * @param {number} contest.rounds
 * @param {string} contest.baseline id of the contestant the others are compared with
 * @param {(contestant: any, testCase: any) => Promise<Sample>} contest.measure
 * @param {(done: number, total: number) => void} [contest.onProgress]
 * @returns {Promise<CaseResult[]>}
 */
export async function runContest({ contestants, cases, rounds, baseline, measure, onProgress }) {
  /** @type {Map<string, Sample[]>} */
  const samples = new Map();
  const total = (rounds + 1) * cases.length * contestants.length;
  let done = 0;
  for (let round = -1; round < rounds; round++) {
    for (const testCase of cases) {
      for (let turn = 0; turn < contestants.length; turn++) {
        const contestant = contestants[(turn + round + 1) % contestants.length];
        const sample = await measure(contestant, testCase);
        onProgress?.(++done, total);
        if (round < 0) continue;
        const key = keyOf(testCase, contestant);
        samples.set(key, [...(samples.get(key) ?? []), sample]);
      }
    }
  }
  return cases.map(({ id, label }) => {
    const reference = samples.get(keyOf({ id }, { id: baseline })) ?? [];
    const standings = contestants.map((contestant) =>
      standing(contestant, samples.get(keyOf({ id }, contestant)) ?? [], reference),
    );
    return { id, label, baseline, standings };
  });
}

/**
 * Compares round by round: what disturbs the machine for longer than a round disturbs both.
 *
 * @returns {Standing}
 */
function standing({ id, label }, samples, reference) {
  const metrics = {};
  const ratios = {};
  const differences = {};
  for (const metric of Object.keys(samples[0] ?? {})) {
    const values = samples.map((sample) => sample[metric]);
    metrics[metric] = summarise(values);
    const compared = reference.map((sample) => sample[metric]);
    ratios[metric] = summarise(values.map((value, round) => value / compared[round]));
    differences[metric] = summarise(values.map((value, round) => value - compared[round]));
  }
  return { id, label, metrics, ratios, differences };
}

function keyOf(testCase, contestant) {
  return `${testCase.id} ${contestant.id}`;
}
