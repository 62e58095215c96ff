import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { waitFor } from '@holdfast/testing';

/** The package as built: `npm test` builds before it runs. */
const BUILT = pathToFileURL('libs/testing/dist/index.js').href;

interface StartedServer {
  pid: number;
  port: number;
  dir: string;
}

describe('RedisServer and the end of its process (F3)', () => {
  const owners: ChildProcess[] = [];

  /** A process that starts a server, prints where it is, and goes on with `script`. */
  const own = async (script: string, options: { detached?: boolean } = {}) => {
    const source = `
      import { RedisServer } from ${JSON.stringify(BUILT)};
      const server = await RedisServer.start({ persistence: true });
      const { pid, port, dir } = server;
      process.stdout.write(JSON.stringify({ pid, port, dir }) + '\\n');
      ${script}`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...options,
    });
    owners.push(owner);
    const lines = createInterface(owner.stdout)[Symbol.asyncIterator]();
    const nextLine = async () => String((await lines.next()).value);
    return { owner, nextLine, server: JSON.parse(await nextLine()) as StartedServer };
  };

  const isGone = ({ pid, dir }: StartedServer) => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return !existsSync(dir);
    }
  };

  const expectGone = (server: StartedServer) =>
    waitFor(() => isGone(server), { message: `server ${server.pid} and ${server.dir} to be gone` });

  const idle = 'setInterval(() => undefined, 1_000);';

  afterEach(() => owners.splice(0).forEach((owner) => owner.kill('SIGKILL')));

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'goes with its owner on %s',
    async (signal) => {
      const { owner, server } = await own(idle);
      expect(isGone(server)).toBe(false);
      owner.kill(signal);
      await expectGone(server);
    },
  );

  it('goes with its owner on SIGKILL while paused', async () => {
    const { owner, nextLine, server } = await own(
      `await server.pause(); process.stdout.write('paused\\n'); ${idle}`,
    );
    await expect(nextLine()).resolves.toBe('paused');
    owner.kill('SIGKILL');
    await expectGone(server);
  });

  it('goes with its owner on SIGKILL after a restart', async () => {
    const { owner, nextLine, server } = await own(
      `await server.restart(); process.stdout.write(server.pid + '\\n'); ${idle}`,
    );
    const pid = Number(await nextLine());
    expect(pid).not.toBe(server.pid);
    owner.kill('SIGKILL');
    await expectGone({ ...server, pid });
  });

  it('takes the folder of a killed server with its owner', async () => {
    const { owner, nextLine, server } = await own(
      `await server.kill(); process.stdout.write('killed\\n'); ${idle}`,
    );
    await expect(nextLine()).resolves.toBe('killed');
    expect(existsSync(server.dir)).toBe(true);
    owner.kill('SIGKILL');
    await expectGone(server);
  });

  it.each([
    ['calls process.exit', 'process.exit(7);', 7],
    [
      'throws',
      "process.on('uncaughtException', () => process.exit(3)); throw new Error('as it happens');",
      3,
    ],
    ['comes to its end without stopping the server', '', 0],
    ['comes to its end after asking the server', "await server.command('PING');", 0],
  ])('goes with its owner that %s', async (_, script, code) => {
    const { owner, server } = await own(script);
    if (owner.exitCode === null) await once(owner, 'exit');
    expect(owner.exitCode).toBe(code);
    await expectGone(server);
  });

  it('survives Ctrl-C in the terminal of an owner that wants to clean up first', async () => {
    const { owner, nextLine, server } = await own(
      `process.on('SIGINT', async () => {
         process.stdout.write('still there: ' + (await server.command('PING')) + '\\n');
         await server.stop();
         process.exit(0);
       });
       process.stdout.write('listens to signals\\n');
       ${idle}`,
      { detached: true },
    );
    await expect(nextLine()).resolves.toBe('listens to signals');
    // What a terminal does: the signal goes to the whole process group.
    process.kill(-owner.pid!, 'SIGINT');
    await expect(nextLine()).resolves.toBe('still there: PONG');
    await expectGone(server);
  });

  it('frees its port with its owner', async () => {
    const { owner, server } = await own(idle);
    owner.kill('SIGKILL');
    await expectGone(server);
    const socket = connect(server.port, '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });
});
