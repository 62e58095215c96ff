import { quantile } from './statistics.mjs';

/** Room for latencies, reused: the measurement itself should not make garbage. */
let latencies = new Float64Array(1 << 20);

/**
 * A closed loop: so many workers at once, each waits for its answer before it asks again.
 *
 * @param {(turn: number) => Promise<unknown>} operation gets a number that counts up
 * @param {{ concurrency: number, durationMs: number }} load
 * @returns {Promise<import('./contest.mjs').Sample>}
 */
export async function closedLoop(operation, { concurrency, durationMs }) {
  let operations = 0;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const until = startedAt + durationMs;
  const worker = async () => {
    for (let now = performance.now(); now < until;) {
      const turn = operations++;
      const askedAt = now;
      await operation(turn);
      now = performance.now();
      while (turn >= latencies.length) grow();
      latencies[turn] = now - askedAt;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const elapsedMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const sorted = latencies.subarray(0, operations).sort();
  return {
    opsPerSecond: (operations / elapsedMs) * 1000,
    cpuMicrosPerOp: (user + system) / operations,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
  };
}

function grow() {
  const larger = new Float64Array(latencies.length * 2);
  larger.set(latencies);
  latencies = larger;
}

/** Metrics of {@link closedLoop} as reports show them. */
export const loadMetrics = [
  { id: 'opsPerSecond', label: 'ops/s', digits: 0, better: 'higher', compared: true },
  { id: 'cpuMicrosPerOp', label: 'CPU µs/op', digits: 2, better: 'lower', compared: true },
  { id: 'p50Ms', label: 'p50 ms', digits: 3, better: 'lower' },
  { id: 'p99Ms', label: 'p99 ms', digits: 3, better: 'lower' },
];
