import { randomBytes } from 'node:crypto';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { Redis, type RedisOptions } from 'ioredis';

describe('FaultProxy (F3)', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  const clients: Redis[] = [];

  beforeAll(async () => {
    server = await RedisServer.start({ password: 'secret' });
  });

  afterAll(() => server.stop());

  beforeEach(async () => {
    await server.command('FLUSHALL');
    proxy = await FaultProxy.start({ target: server });
  });

  afterEach(async () => {
    clients.splice(0).forEach((client) => client.disconnect());
    await proxy.stop();
  });

  /** A client that neither retries nor reconnects, ready to use. */
  const connect = async (options: RedisOptions = {}) => {
    const client = new Redis(proxy.url, {
      lazyConnect: true,
      retryStrategy: () => null,
      disconnectTimeout: 20,
      maxRetriesPerRequest: 0,
      disableClientInfo: true,
      ...options,
    });
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  };

  const closed = (client: Redis) =>
    waitFor(() => client.status === 'end', { message: () => `the client to end, not ${client.status}` });

  describe('without faults', () => {
    it('passes everything on, byte for byte, and counts it', async () => {
      const client = await connect();
      const value = randomBytes(3_000_000);
      await client.set('k', value);
      expect((await client.getBuffer('k'))?.equals(value)).toBe(true);
      await client.pipeline().incr('n').incr('n').exec();
      expect(proxy.traffic.requests).toMatchObject({ SET: 1, GET: 1, INCR: 2 });
      expect(proxy.traffic.bytesToServer).toBeGreaterThan(value.length);
      expect(proxy.traffic.bytesToClient).toBeGreaterThan(value.length);
      const requests = Object.values(proxy.traffic.requests).reduce((sum, count) => sum + count);
      expect(proxy.traffic.replies).toBe(requests);
    });

    it('counts connections and tells them apart by the name the client gave', async () => {
      const a = await connect({ connectionName: 'app:shared' });
      const b = await connect({ connectionName: 'app:subscriber' });
      await b.subscribe('news');
      await server.command('PUBLISH', 'news', 'hello');
      const named = (name: string) => proxy.connections.find((connection) => connection.name === name)!;
      await waitFor(() => named('app:subscriber').traffic.pushes === 1, { message: 'the message' });
      await a.get('k');
      expect(named('app:shared').traffic.requests).toMatchObject({ GET: 1 });
      expect(named('app:shared').traffic.pushes).toBe(0);
      expect(named('app:subscriber').traffic.requests).toMatchObject({ SUBSCRIBE: 1 });
      expect(named('app:shared').clientPort).toBe(
        (a as unknown as { stream: { localPort: number } }).stream.localPort,
      );
      expect(proxy.traffic).toMatchObject({ connectionsAccepted: 2, connectionsOpen: 2 });
      a.disconnect();
      await waitFor(() => proxy.traffic.connectionsOpen === 1);
      expect(proxy.traffic.connectionsAccepted).toBe(2);
    });

    it.each([2, 3] as const)('follows RESP%d, subscriptions and transactions included', async (protocol) => {
      const client = await connect({ protocol } as RedisOptions);
      await client.multi().set('a', 1).hset('h', { f: 'v' }).exec();
      await client.hgetall('h');
      await client.lpush('l', 'x');
      await client.blpop('l', 1);
      await client.subscribe('c1', 'c2');
      await server.command('PUBLISH', 'c1', 'm');
      await waitFor(() => proxy.traffic.pushes >= 1);
      await client.unsubscribe('c1', 'c2');
      const { replies } = proxy.traffic;
      await client.get('a');
      expect(proxy.traffic.replies).toBe(replies + 1);
    });
  });

  describe('cutting', () => {
    it('before a request: the server never sees it, but does see those before it', async () => {
      const client = await connect();
      const fault = proxy.faults.cutBefore({ commands: ['INCR'], nth: 2 });
      const results = await Promise.allSettled([client.incr('n'), client.incr('n'), client.incr('n')]);
      expect(results.slice(1).every(({ status }) => status === 'rejected')).toBe(true);
      await closed(client);
      await waitFor(async () => (await server.command('GET', 'n')) === '1');
      expect(fault.hits).toBe(1);
      expect(proxy.traffic.requests.INCR).toBe(1);
    });

    it('after a request: the server executed it, the client does not know', async () => {
      const client = await connect();
      proxy.faults.cutAfter({ commands: ['INCR'] });
      await expect(client.incr('n')).rejects.toThrow();
      await expect(server.command('GET', 'n')).resolves.toBe('1');
      await closed(client);
    });

    it.each([
      ['reset', 'ECONNRESET'],
      ['end', undefined],
    ] as const)('now, with %s', async (how, code) => {
      const client = await connect();
      const errors: NodeJS.ErrnoException[] = [];
      client.on('error', (error) => errors.push(error));
      proxy.cut(how);
      await closed(client);
      expect(errors[0]?.code).toBe(code);
      await waitFor(() => proxy.traffic.connectionsOpen === 0);
    });

    it('one connection and not the others', async () => {
      const a = await connect({ connectionName: 'a' });
      const b = await connect({ connectionName: 'b' });
      proxy.connections.find(({ name }) => name === 'a')!.faults.cutBefore({ commands: ['GET'] });
      await expect(b.get('k')).resolves.toBeNull();
      await expect(a.get('k')).rejects.toThrow();
      await expect(b.get('k')).resolves.toBeNull();
    });

    it('in the middle of a reply', async () => {
      await server.command('SET', 'k', 'x'.repeat(1_000));
      const client = await connect();
      const before = proxy.traffic.bytesToClient;
      proxy.faults.halfReply({ commands: ['GET'] });
      await expect(client.get('k')).rejects.toThrow();
      await closed(client);
      expect(proxy.traffic.bytesToClient - before).toBe(505);
    });
  });

  describe('replies', () => {
    it('are held in the middle until the fault is cleared', async () => {
      await server.command('SET', 'k', 'value');
      const client = await connect();
      const fault = proxy.faults.halfReply({ commands: ['GET'], nth: 1, ending: 'stall' });
      const replies = Promise.all([client.get('k'), client.get('k')]);
      let arrived = false;
      void replies.then(() => (arrived = true));
      await waitFor(() => fault.hits === 1);
      await waitFor(() => proxy.traffic.requests.GET === 2);
      expect(arrived).toBe(false);
      fault.clear();
      await expect(replies).resolves.toEqual(['value', 'value']);
    });

    it('get lost while the requests are executed', async () => {
      const client = await connect({ commandTimeout: 100 });
      const fault = proxy.faults.dropReplies({ commands: ['INCR'] });
      await expect(client.incr('n')).rejects.toThrow('timed out');
      await expect(server.command('GET', 'n')).resolves.toBe('1');
      expect(fault.hits).toBe(1);
      const { replies } = proxy.traffic;
      expect(Object.values(proxy.traffic.requests).reduce((sum, count) => sum + count)).toBe(replies + 1);
    });

    it('are errors of our choice for the commands named, in order', async () => {
      const client = await connect();
      const fault = proxy.faults.answerError("READONLY You can't write against a read only replica.", {
        commands: ['set'],
      });
      const results = await Promise.allSettled([client.incr('n'), client.set('k', 'v'), client.incr('n')]);
      expect(results).toEqual([
        { status: 'fulfilled', value: 1 },
        {
          status: 'rejected',
          reason: expect.objectContaining({ message: expect.stringMatching(/^READONLY/) }),
        },
        { status: 'fulfilled', value: 2 },
      ]);
      await expect(server.command('EXISTS', 'k')).resolves.toBe(0);
      fault.clear();
      await expect(client.set('k', 'v')).resolves.toBe('OK');
    });

    it('can be garbage', async () => {
      const client = await connect();
      const errors: Error[] = [];
      client.on('error', (error) => errors.push(error));
      proxy.sendGarbage('what?\r\n');
      await waitFor(() => errors.length > 0, { message: 'the client to complain' });
    });
  });

  describe('a slow network', () => {
    it('delays replies and keeps their order', async () => {
      const client = await connect();
      proxy.faults.delay({ latencyMs: 60, jitterMs: 20 });
      const startedAt = performance.now();
      const values = await Promise.all(Array.from({ length: 50 }, () => client.incr('n')));
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(59);
      expect(values).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    });

    it('delays requests in front of the server', async () => {
      const client = await connect();
      proxy.faults.delay({ latencyMs: 60_000, direction: 'requests' });
      const reply = client.set('k', 'v');
      await expect(server.command('EXISTS', 'k')).resolves.toBe(0);
      expect(proxy.traffic.requests.SET).toBeUndefined();
      await proxy.reset();
      await expect(reply).resolves.toBe('OK');
      expect(proxy.traffic.requests.SET).toBe(1);
    });

    it.each(['requests', 'replies'] as const)('passes %s at the rate given', async (direction) => {
      const client = await connect();
      await server.command('SET', 'k', 'x'.repeat(20_000));
      proxy.faults.throttle({ bytesPerSecond: 100_000, direction });
      const startedAt = performance.now();
      if (direction === 'replies') await client.get('k');
      else await client.set('k', 'y'.repeat(20_000));
      const tookMs = performance.now() - startedAt;
      expect(tookMs).toBeGreaterThan(140);
      expect(tookMs).toBeLessThan(1_000);
    });
  });
});
