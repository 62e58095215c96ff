import type { RedisService } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { inspect } from 'node:util';
import { closeServices, openService, RecordingLog } from './open-service.js';

const password = 'hunter2-very-secret';

describe('A11: the connection log', () => {
  let server: RedisServer;
  let log: RecordingLog;

  beforeEach(async () => {
    server = await RedisServer.start({ password });
    log = new RecordingLog();
  });
  afterEach(async () => {
    await closeServices();
    await server.stop();
  });

  const events = (): string[] => log.lines.map((line) => /event=([\w-]+)/.exec(line)?.[1] ?? line);

  it('has one line a state change, however many attempts an outage takes', async () => {
    const proxy = await FaultProxy.start({ target: server });
    const redis = openService({ url: proxy.url, reconnectMaxDelayMs: 50 }, { log });
    await redis.connect();
    await proxy.refuse();
    await waitFor(() => (redis.getConnections()[0]?.connectionAttempts ?? 0) > 20);
    await proxy.accept();
    await redis.connect();
    await redis.close();
    await proxy.stop();
    expect(events().filter((event) => event !== 'error')).toEqual([
      'connecting',
      'ready',
      'reconnecting',
      'ready',
      'closed',
    ]);
    // A second reason, at most: first reset, then refused.
    expect(events().length).toBeLessThanOrEqual(6);
    expect(log.lines[1]).toBe(`event=ready connection=test:shared host=127.0.0.1 port=${proxy.port} db=0`);
    expect(log.lines.join('\n')).toMatch(/reason=ECONNRE\w+ .*\./);
    expect(log.lines).toContainEqual(expect.stringMatching(/event=ready .* outageMs=\d+ attempts=\d{2}/));
  });

  it('never shows the password: not in lines, errors, or what is known of a connection', async () => {
    const seen: unknown[] = [];
    const collect = async (redis: RedisService): Promise<void> => {
      redis.events.on('connection', (change) => seen.push(change));
      redis.getClient().on('error', (error) => seen.push(error));
      await waitFor(async () => (await redis.healthCheck()).error?.includes('WRONGPASS'));
      await redis.get('k').catch((error: unknown) => seen.push(error));
      await redis.getClient().get('k').catch((error: unknown) => seen.push(error)); // prettier-ignore
      seen.push(await redis.healthCheck(), await redis.getStats(), redis.getConnections());
    };
    await collect(
      openService({ host: '127.0.0.1', port: server.port, password: `${password}-wrong` }, { log }),
    );
    await collect(openService({ url: `redis://me:${password}@127.0.0.1:${server.port}` }, { log }));
    const right = openService({ url: server.url }, { log });
    await right.connect();
    await right.getClient().auth('default', `${password}?`).catch((error: unknown) => seen.push(error)); // prettier-ignore
    const everything = [
      ...log.lines,
      ...seen.map((item) => inspect(item, { depth: 10, showHidden: false })),
    ].join('\n');
    expect(seen.length).toBeGreaterThan(8);
    expect(everything).toContain('WRONGPASS');
    expect(everything).not.toContain(password);
  });

  it('A12: says what is wrong and what to do', async () => {
    const redis = openService({ host: '127.0.0.1', port: server.port }, { log });
    await waitFor(() => log.lines.some((line) => line.includes('reason=NOAUTH')));
    expect(log.lines.join('\n')).toMatch(/NOAUTH The server wants a password\. Set REDIS_PASSWORD/);
    await expect(redis.get('k')).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      message: expect.stringMatching(/test:shared \(127\.0\.0\.1:\d+\).*NOAUTH.*REDIS_PASSWORD/s) as string,
    });
  });
});
