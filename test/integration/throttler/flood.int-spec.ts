import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { RedisServer } from '@holdfast/testing';

const program = join(__dirname, 'limited-process.mjs');

describe('C3: a flood', () => {
  let server: RedisServer;
  const processes: ChildProcess[] = [];

  beforeAll(async () => (server = await RedisServer.start()));
  afterAll(async () => {
    for (const child of processes) child.kill('SIGKILL');
    await server.stop();
  });

  /** @returns where it listens */
  async function start(): Promise<string> {
    const child = spawn(process.execPath, [program], {
      env: { ...process.env, FLOOD_REDIS_URL: server.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.push(child);
    return new Promise((resolve, reject) => {
      child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
      child.once('exit', (code) => reject(new Error(`The application ended with ${code}.`)));
    });
  }

  it('of 200 requests at once over two processes passes its limit of 20 exactly', async () => {
    const urls = await Promise.all([start(), start()]);
    const codes = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const response = await fetch(`${urls[index % 2]}/flooded`);
        await response.arrayBuffer();
        return response.status;
      }),
    );
    const count = (wanted: number) => codes.filter((code) => code === wanted).length;
    expect({ passed: count(200), refused: count(429) }).toEqual({ passed: 20, refused: 180 });
    // All were counted in one log: those that passed, and the one that began the block.
    expect(await server.command('STRLEN', ...((await server.command('KEYS', '*:default')) as [string]))).toBe(
      8 * 21,
    );
  }, 30_000);
});
