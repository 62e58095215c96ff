#!/usr/bin/env node
// `npm run chaos -- --seed N --minutes M`: a random walk of faults, and whether every promise held.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    minutes: { type: 'string', default: '1' },
    seconds: { type: 'string' },
    applications: { type: 'string', default: '3' },
  },
});
const number = (name, text) => {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  console.error(`chaos: --${name} must be a number above 0, not ${text}`);
  process.exit(2);
};
const seed = Math.trunc(number('seed', values.seed));
const seconds = values.seconds ? number('seconds', values.seconds) : 60 * number('minutes', values.minutes);

// Inside of the repository, so that packages are found; each run has its own.
const folder = join(here, '..', '..', 'test-artifacts', 'chaos', `seed-${seed}-${process.pid}`);
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: ['walk.ts', 'application.ts'].map((file) => join(here, file)),
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Without the paths of the tests: the applications run what was built, as users get it.
  tsconfigRaw: '{}',
});
const { walk } = await import(pathToFileURL(join(folder, 'walk.mjs')));

console.log(
  `chaos: seed ${seed}, ${seconds} s. The same plan again: npm run chaos -- --seed ${seed} --seconds ${seconds}`,
);
const violations = await walk({
  seed,
  seconds,
  applications: number('applications', values.applications),
  folder,
  say: (line) => console.log(`chaos: ${line}`),
});
for (const violation of violations) console.error(`chaos: BROKEN ${violation}`);
if (violations.length === 0) {
  rmSync(folder, { recursive: true });
  console.log('chaos: every promise held');
} else {
  console.error(
    `chaos: ${violations.length} promises were broken with seed ${seed}. What callers were told is in ${folder}`,
  );
  process.exitCode = 1;
}
