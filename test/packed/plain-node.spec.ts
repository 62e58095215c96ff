import { RedisServer } from '@holdfast/testing';
import { Installation } from './installation.js';
import { killPrograms } from './program.js';
import { lockedVersion } from './published-packages.js';

/** What `scripts/outage.mjs` prints. */
interface Outages {
  ioredis: string;
  refused: { outcomes: string[]; endedMs: number; keys: string[] };
  abandoned: { outcomes: string[]; keys: string[] };
  frozen: { detectedMs: number; recoveredMs: number; outcomes: string[]; keys: string[] };
  inFlight: { outcomes: string[]; failedMs: number; value: string };
  restarted: { recoveredMs: number };
  leaving: { closedMs: number; states: string[] };
  waiting: { pushed: number[]; values: string[] };
}

/** Both ends of the peer range: the newest 5, and the version that everything else is tested with. */
describe.each([
  ['5', '^5.11.0'],
  ['6', lockedVersion('ioredis')],
])('plain Node scripts with the published packages and ioredis %s', (major, range) => {
  let server: RedisServer;
  let installation: Installation;

  beforeAll(async () => {
    server = await RedisServer.start();
    installation = await Installation.create({
      rooms: ['resilience', 'redis', 'testing'],
      packages: { ioredis: range, '@types/node': lockedVersion('@types/node') },
      sources: 'scripts',
    });
  }, 180_000);
  afterEach(killPrograms);
  afterAll(async () => {
    await killPrograms();
    installation?.remove();
    await server?.stop();
  }, 60_000);

  it('A6: a script without a Nest application sets, gets, closes, and ends by itself', async () => {
    const script = installation.run('plain.mjs', { REDIS_URL: server.url, REDIS_APP_NAME: 'plain' });
    const { code, stdout, stderr } = await script.ended(10_000);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('event=ready connection=own:shared');
    expect(stdout).toContain('event=closed connection=plain:shared');
    const result = JSON.parse(stdout.trim().split('\n').at(-1) as string) as { exitMs: number };
    expect(result).toMatchObject({ value: 'hello', isOne: true, isAnother: true, refused: 'not-sent' });
    expect(result.exitMs).toBeLessThan(500);
    expect(String(await server.command('CLIENT', 'LIST'))).not.toMatch(/name=(?:own|plain):/);
  }, 20_000);

  it('A6: CommonJS requires the packages', async () => {
    const script = installation.run('required.cjs', { REDIS_URL: server.url });
    const { code, stdout, stderr } = await script.ended(10_000);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) as string)).toEqual({
      value: 'CommonJS',
      breaker: 'closed',
    });
  }, 20_000);

  it('holds in outages', async () => {
    const { code, stdout, stderr } = await installation.run('outage.mjs').ended(60_000);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { ioredis, refused, frozen, inFlight, restarted, leaving, waiting, abandoned } = JSON.parse(
      stdout,
    ) as Outages;
    expect(ioredis.split('.')[0]).toBe(major);
    // B6: nothing that was reported as not sent is executed after the return.
    expect(refused).toMatchObject({ outcomes: ['REDIS_TIMEOUT not-sent'], keys: ['marker'] });
    expect(refused.endedMs).toBeLessThan(1_000);
    expect(abandoned).toEqual({ outcomes: ['REDIS_ABORTED not-sent'], keys: ['marker'] });
    expect(frozen).toMatchObject({ outcomes: ['REDIS_TIMEOUT not-sent'], keys: ['marker'] });
    // B4: half-open is found by reading.
    expect(frozen.detectedMs).toBeLessThan(3_500);
    expect(frozen.recoveredMs).toBeLessThan(3_500);
    // A9, B7: what was in flight fails at once, says that it may have run, and is not sent again.
    expect(inFlight).toMatchObject({ outcomes: ['REDIS_CONNECTION_LOST unknown'], value: '1' });
    expect(inFlight.failedMs).toBeLessThan(300);
    // A8: back soon after a long outage, however often it was tried in vain.
    expect(restarted.recoveredMs).toBeLessThan(3_500);
    // A10: leaves a frozen Redis within its deadline.
    expect(leaving.closedMs).toBeLessThan(5_500);
    expect(leaving.states).toEqual(['closed']);
    // A8: what waited through a short break is sent in its order.
    expect(waiting).toEqual({ pushed: [1, 2, 3], values: ['1', '2', '3'] });
  }, 80_000);

  it('compiles against the published types', async () => {
    const { files, complaints } = await installation.compile();
    expect(files.filter((file) => file.includes('/@holdfast/redis/dist/index.d.ts'))).toHaveLength(1);
    expect(complaints).toEqual([]);
  }, 90_000);
});
