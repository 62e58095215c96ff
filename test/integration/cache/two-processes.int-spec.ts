import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RedisServer, waitFor } from '@holdfast/testing';

interface Making {
  readonly key: string;
  readonly takesMs: number;
  readonly callers: number;
  readonly options?: Record<string, unknown>;
}

interface Made {
  readonly made: number;
  readonly values: string[];
}

describe('C1: two processes that want the same value', () => {
  let server: RedisServer;
  const children: ChildProcess[] = [];

  beforeAll(async () => (server = await RedisServer.start()));
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server.stop();
  });

  /** A process that runs what was built: `npm test` builds before it runs. */
  function start(): { child: ChildProcess; make(making: Making): Promise<Made> } {
    const child = spawn(process.execPath, [join(__dirname, 'making-process.mjs')], {
      env: { ...process.env, MAKING_REDIS_URL: server.url },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return {
      child,
      make: async (making) => {
        child.stdin.write(`${JSON.stringify(making)}\n`);
        return JSON.parse(String((await lines.next()).value)) as Made;
      },
    };
  }

  it('call its factory once between them, and take over from one that dies', async () => {
    const [one, two] = [start(), start()];
    const making = { key: 'k', takesMs: 1_500, callers: 20, options: { ttlMs: 60_000 } };
    const made = await Promise.all([one.make(making), two.make(making)]);
    expect(made[0].made + made[1].made).toBe(1);
    expect(made[0].values).toEqual(made[1].values);
    expect(made[0].values).toHaveLength(1);

    void one.make({ ...making, key: 'dies', takesMs: 60_000 }).catch(() => undefined);
    await waitFor(async () => (await server.command('EXISTS', 'cache:lock:dies')) === 1);
    one.child.kill('SIGKILL');
    const startedAt = performance.now();
    const taken = await two.make({ ...making, key: 'dies', takesMs: 10 });
    expect(taken).toEqual({ made: 1, values: [`${two.child.pid} made it`] });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  }, 30_000);
});
