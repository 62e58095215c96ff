import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { RedisServer, waitFor } from '@holdfast/testing';
import { exists, RunningDemo } from './running-demo.js';

jest.setTimeout(60_000);

/** Two seconds are promised; what hangs does so for five or for ever. */
const goneMs = 4_000;

describe('the demo from start to end (F1, A10)', () => {
  afterEach(() => RunningDemo.killAll());

  const endsClean = async (demo: RunningDemo, signal: NodeJS.Signals) => {
    demo.signal(signal);
    const { code, tookMs } = await demo.ended();
    expect({ code, stderr: demo.stderr }).toEqual({ code: 0, stderr: '' });
    expect(tookMs).toBeLessThan(goneMs);
  };

  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends it together with its Redis', async (signal) => {
    const demo = await RunningDemo.start();
    const { pid } = demo.ownRedis;
    expect(exists(pid)).toBe(true);
    await endsClean(demo, signal);
    await waitFor(() => !exists(pid));
  });

  it('SIGINT ends it while Redis is frozen, a request waits, and a browser keeps a connection open', async () => {
    const demo = await RunningDemo.start();
    const { pid } = demo.ownRedis;
    const agent = new Agent({ keepAlive: true });
    try {
      const [response] = await once(get({ agent, port: demo.port, path: '/health/live' }), 'response');
      response.resume();
      process.kill(pid, 'SIGSTOP');
      const waiting = demo.get('/posts').catch(() => 'cut');
      await demo.get('/health/live');
      await endsClean(demo, 'SIGINT');
      await expect(waiting).resolves.toBe('cut');
      await waitFor(() => !exists(pid));
    } finally {
      agent.destroy();
    }
  });

  it('SIGINT ends it while Redis is gone', async () => {
    const demo = await RunningDemo.start();
    process.kill(demo.ownRedis.pid, 'SIGKILL');
    await demo.becomes('unready');
    await endsClean(demo, 'SIGINT');
  });

  it('a second SIGINT ends it at once', async () => {
    const demo = await RunningDemo.start();
    const { pid } = demo.ownRedis;
    process.kill(pid, 'SIGSTOP');
    // Holds up the end: a request that is being answered.
    demo.get('/posts').catch(() => undefined);
    await demo.get('/health/live');
    demo.signal('SIGINT');
    await waitFor(() =>
      demo.get('/health/live').then(
        () => false,
        () => true,
      ),
    );
    demo.signal('SIGINT');
    expect(await demo.ended()).toMatchObject({ code: 130 });
    await waitFor(() => !exists(pid));
  });

  it('uses the Redis that REDIS_URL names, leaves it running, and shows no password', async () => {
    const server = await RedisServer.start({ password: 'not-for-your-eyes' });
    try {
      const demo = await RunningDemo.start({ REDIS_URL: server.url });
      expect(demo.stdout).toContain(`Redis is at 127.0.0.1:${server.port}`);
      await expect(server.command('CLIENT', 'LIST')).resolves.toContain('name=demo:shared');
      await demo.get('/health');
      await endsClean(demo, 'SIGTERM');
      expect(demo.stdout + demo.stderr).not.toContain('not-for-your-eyes');
      await expect(server.command('CLIENT', 'LIST')).resolves.not.toContain('name=demo:shared');
    } finally {
      await server.stop();
    }
  });

  it('says in a sentence that the port is taken', async () => {
    const taken = createServer().listen(0);
    try {
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const demo = RunningDemo.run({ PORT: String(port), REDIS_URL: 'redis://127.0.0.1:1' });
      expect(await demo.ended()).toMatchObject({ code: 1 });
      expect(demo.stderr.trim()).toMatch(new RegExp(`^Port ${port} is taken .*PORT=\\d+ npm start\\.$`));
      expect(demo.stdout).toBe('');
    } finally {
      taken.close();
    }
  });

  it.each(['http', '-1', '65536', '3000.5', ' 3000'])(
    'says in a sentence that PORT=%s is no port',
    async (port) => {
      const demo = RunningDemo.run({ PORT: port });
      expect(await demo.ended()).toMatchObject({ code: 1 });
      expect(demo.stderr.trim()).toMatch(/^PORT = .* is not a port: .*\.$/);
    },
  );

  it('says which settings of Redis are wrong, without a stack and without the password', async () => {
    const demo = RunningDemo.run({
      REDIS_URL: 'redis://:not-for-your-eyes@127.0.0.1:6379/one',
      REDIS_CONNECT_TIMEOUT: 'soon',
    });
    expect(await demo.ended()).toMatchObject({ code: 1 });
    expect(demo.stderr).toMatch(/^Redis is not configured correctly:\n( {2}.+\n)+$/);
    expect(demo.stderr).toContain('REDIS_CONNECT_TIMEOUT = "soon"');
    expect(demo.stdout + demo.stderr).not.toMatch(/not-for-your-eyes| at .*\.js/);
  });

  it('runs without Redis where there is no server to start, and says so', async () => {
    const demo = await RunningDemo.start({ REDIS_SERVER_BIN: '/no/such/server' }, { redis: false });
    expect(demo.stdout).toContain('No Redis was started: REDIS_SERVER_BIN names /no/such/server');
    expect((await demo.get('/health/live')).code).toBe(200);
  });
});
