import { RedisServer } from '@holdfast/testing';
import { Installation } from './installation.js';
import { killPrograms, type Program } from './program.js';
import { lockedVersion } from './published-packages.js';

const packages = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/terminus',
  '@types/node',
  'ioredis',
  'reflect-metadata',
  'rxjs',
];

describe('a fresh Nest application with the published packages', () => {
  let server: RedisServer;
  let installation: Installation;

  beforeAll(async () => {
    server = await RedisServer.start();
    installation = await Installation.create({
      rooms: ['resilience', 'redis', 'health'],
      packages: Object.fromEntries(packages.map((name) => [name, lockedVersion(name)])),
      sources: 'application',
    });
  }, 180_000);
  afterEach(killPrograms);
  afterAll(async () => {
    await killPrograms();
    installation?.remove();
    await server?.stop();
  }, 60_000);

  const ours = async (): Promise<string[]> =>
    [...String(await server.command('CLIENT', 'LIST')).matchAll(/ name=(packed:\S+)/g)].map(
      ([, name]) => name as string,
    );

  it('compiles against the published types, which need no package that is optional', async () => {
    const { files, complaints, all } = await installation.compile();
    for (const room of ['redis', 'health']) {
      expect(files.filter((file) => file.includes(`/@holdfast/${room}/dist/index.d.ts`))).toHaveLength(1);
    }
    expect(complaints).toEqual([]);
    expect(all.stderr).toBe('');
  }, 90_000);

  async function start(env: NodeJS.ProcessEnv): Promise<{ app: Program; url: string }> {
    const app = installation.runCompiled('main.js', { REDIS_APP_NAME: 'packed', NO_COLOR: '1', ...env });
    const [, url] = await app.printed(/^listening at (\S+)$/m, 20_000);
    return { app, url: url as string };
  }

  it('A1, C4: RedisModule alone configures itself from the environment, serves, and leaves with SIGTERM', async () => {
    const { app, url } = await start({ REDIS_URL: server.url });
    await app.printed(/event=ready connection=packed:shared/, 5_000);

    const health = await fetch(`${url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({
      status: 'ok',
      details: { redis: { status: 'up', state: 'connected', connections: [{ name: 'packed:shared' }] } },
    });

    expect((await fetch(`${url}/notes/first?text=hello`, { method: 'PUT' })).status).toBe(200);
    const note = await fetch(`${url}/notes/first`);
    expect(await note.json()).toEqual({ byService: 'hello', byClient: 'hello' });
    expect(await server.command('GET', 'service:first')).toBe('hello');
    expect(await ours()).toEqual(['packed:shared']);

    app.signal('SIGTERM');
    const { signal, stdout, stderr } = await app.ended(5_000);
    // Nest ends the process with the signal it got, when every hook is through.
    expect(signal).toBe('SIGTERM');
    expect(stderr).toBe('');
    expect(stdout).toContain('event=closed connection=packed:shared');
    expect(String(await server.command('INFO', 'commandstats'))).toMatch(/cmdstat_quit:calls=1,/);
    expect(await ours()).toEqual([]);
  }, 60_000);

  it('C4: without Redis it starts, is down for readiness, and still leaves with SIGTERM', async () => {
    const { app, url } = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
    await app.printed(/event=reconnecting connection=packed:shared .*ECONNREFUSED/, 5_000);
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      error: { redis: { status: 'down', message: expect.stringContaining('ECONNREFUSED') as string } },
    });
    app.signal('SIGTERM');
    expect(await app.ended(5_000)).toMatchObject({ signal: 'SIGTERM' });
  }, 60_000);
});
