import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { Redis, type RedisOptions } from 'ioredis';

describe('FaultProxy: outages (F3)', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  const clients: Redis[] = [];

  beforeAll(async () => {
    server = await RedisServer.start();
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

  const create = (options: RedisOptions = {}) => {
    const client = new Redis(proxy.url, {
      lazyConnect: true,
      retryStrategy: () => 20,
      disconnectTimeout: 20,
      ...options,
    });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  };

  const connectedToServer = async () =>
    String(await server.command('CLIENT', 'LIST', 'TYPE', 'normal'))
      .trim()
      .split('\n')
      .filter((line) => !line.includes('cmd=client')).length;

  describe('refused', () => {
    const refusal = async () => {
      const [error] = (await once(connectSocket(proxy.port, proxy.host), 'error')) as [NodeJS.ErrnoException];
      return error.code;
    };

    it('refuses new connections, cuts open ones, and is back on the same port', async () => {
      const client = create({ maxRetriesPerRequest: null });
      await client.ping();
      await proxy.refuse();
      await expect(refusal()).resolves.toBe('ECONNREFUSED');
      await waitFor(() => client.status === 'reconnecting');
      const reply = client.set('k', 'v');
      await proxy.reset();
      await expect(reply).resolves.toBe('OK');
    });

    it('leaves open connections alone on demand', async () => {
      const client = create();
      await client.ping();
      await proxy.refuse({ connections: 'keep' });
      await expect(refusal()).resolves.toBe('ECONNREFUSED');
      await expect(client.ping()).resolves.toBe('PONG');
    });

    it('refuses and accepts again many times', async () => {
      for (let round = 0; round < 20; round++) {
        await proxy.refuse();
        await expect(refusal()).resolves.toBe('ECONNREFUSED');
        await proxy.accept();
        const socket = connectSocket(proxy.port, proxy.host);
        await once(socket, 'connect');
        socket.destroy();
      }
    });

    it('resets connections when the server behind it is gone', async () => {
      await server.kill();
      const socket = connectSocket(proxy.port, proxy.host);
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNRESET');
      await server.restart();
      await expect(create().ping()).resolves.toBe('PONG');
    });
  });

  describe('black hole', () => {
    it('silences open connections and delivers late what was held', async () => {
      const client = create();
      await client.ping();
      const fault = proxy.faults.blackHole();
      let answered = false;
      const reply = client.incr('n').finally(() => (answered = true));
      const fence = connectSocket(proxy.port, proxy.host);
      await once(fence, 'connect');
      await waitFor(() => proxy.traffic.connectionsAccepted === 2);
      await expect(server.command('EXISTS', 'n')).resolves.toBe(0);
      expect(answered).toBe(false);
      fault.clear();
      await expect(reply).resolves.toBe(1);
      fence.destroy();
    });

    it('hides new connections from the server until it is over', async () => {
      const { faults } = proxy;
      faults.blackHole();
      const client = create();
      const connecting = client.connect();
      await waitFor(() => proxy.traffic.connectionsOpen === 1);
      await expect(connectedToServer()).resolves.toBe(0);
      faults.clear();
      await connecting;
      await expect(client.ping()).resolves.toBe('PONG');
    });

    it('keeps connections dead afterwards on demand, and serves new ones', async () => {
      const dead = create({ commandTimeout: 150 });
      await dead.ping();
      proxy.faults.blackHole({ afterwards: 'dead' });
      await expect(dead.incr('n')).rejects.toThrow('timed out');
      await proxy.reset();
      await expect(dead.incr('n')).rejects.toThrow('timed out');
      expect(dead.status).toBe('ready');
      await expect(create().ping()).resolves.toBe('PONG');
      await expect(server.command('EXISTS', 'n')).resolves.toBe(0);
      await expect(connectedToServer()).resolves.toBe(2);
    });

    it('hides the end of a client from the server until it is over', async () => {
      const client = connectSocket(proxy.port, proxy.host);
      client.write('PING\r\n');
      await once(client, 'data');
      const fault = proxy.faults.blackHole();
      client.destroy();
      await waitFor(() => proxy.traffic.connectionsOpen === 0);
      await expect(connectedToServer()).resolves.toBe(1);
      fault.clear();
      await waitFor(async () => (await connectedToServer()) === 0);
    });

    it('can be one way: requests arrive, replies do not', async () => {
      const client = create();
      await client.ping();
      const fault = proxy.faults.blackHole({ direction: 'replies' });
      const reply = client.incr('n');
      await waitFor(async () => (await server.command('GET', 'n')) === '1');
      fault.clear();
      await expect(reply).resolves.toBe(1);
    });

    it('can be for one connection', async () => {
      const a = create({ connectionName: 'a', commandTimeout: 150 });
      const b = create({ connectionName: 'b' });
      await Promise.all([a.ping(), b.ping()]);
      proxy.connections.find(({ name }) => name === 'a')!.faults.blackHole();
      await expect(a.ping()).rejects.toThrow('timed out');
      await expect(b.ping()).resolves.toBe('PONG');
    });

    it('makes a sender wait rather than fill the memory', async () => {
      const fault = proxy.faults.blackHole();
      const socket = connectSocket(proxy.port, proxy.host);
      const length = 64 * 1_048_576;
      socket.write(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${length}\r\n`);
      socket.write(Buffer.alloc(length, 'x'));
      socket.write('\r\n');
      await waitFor(() => proxy.traffic.connectionsOpen === 1);
      let last = -1;
      await waitFor(() => last === (last = socket.bytesWritten - socket.writableLength), { intervalMs: 100 });
      expect(socket.writableLength).toBeGreaterThan(0);
      fault.clear();
      socket.resume();
      await waitFor(() => socket.writableLength === 0, {
        timeoutMs: 20_000,
        message: 'the rest to be taken',
      });
      socket.destroy();
    }, 30_000);
  });

  it('closes everything when it stops, in a black hole too', async () => {
    const client = create({ retryStrategy: () => null });
    await client.ping();
    proxy.faults.blackHole();
    await proxy.stop();
    await proxy.stop();
    await waitFor(() => client.status === 'end');
    expect(proxy.connections).toEqual([]);
    await waitFor(async () => (await connectedToServer()) === 0);
  });

  it('says so when its port is taken', async () => {
    await expect(FaultProxy.start({ target: server, port: proxy.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
