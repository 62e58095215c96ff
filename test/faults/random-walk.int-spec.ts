import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const script = join(__dirname, '..', 'chaos', 'run.mjs');

/** Walks as `npm run chaos` does, and answers how it ended and what it said. */
async function walk(seed: number, seconds: number): Promise<{ code: number; said: string }> {
  const walking = spawn(process.execPath, [script, '--seed', String(seed), '--seconds', String(seconds)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [walking.stdout, walking.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const [code] = (await once(walking, 'close')) as [number];
  return { code, said };
}

describe('B1 B2 B3 B4 B6 B7: a random walk of faults over several processes', () => {
  it.each([2, 3])('keeps every promise with seed %d', async (seed) => {
    const { code, said } = await walk(seed, 8);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('every promise held') });
  }, 90_000); // prettier-ignore
});
