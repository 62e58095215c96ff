import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { Redis } from 'ioredis';

// Made for these tests with openssl, valid until 2126; the authority's key is gone.
const certificates = join(__dirname, 'certificates');
const tls = {
  certFile: join(certificates, 'server.crt'),
  keyFile: join(certificates, 'server.key'),
  caFile: join(certificates, 'ca.crt'),
};
const ca = readFileSync(tls.caFile);

describe('TLS (F3)', () => {
  const clients: Redis[] = [];
  const connect = (url: string, options: object) => {
    const client = new Redis(url, { retryStrategy: () => null, disconnectTimeout: 20, tls: options });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  };

  afterEach(() => clients.splice(0).forEach((client) => client.disconnect()));

  it('is all that a server with certificates speaks', async () => {
    const server = await RedisServer.start({ tls, password: 'secret' });
    expect(server.url).toMatch(/^rediss:\/\/:secret@/);
    await expect(connect(server.url, { ca }).ping()).resolves.toBe('PONG');
    await expect(connect(server.url.replace('rediss', 'redis'), undefined!).ping()).rejects.toThrow();
    await expect(server.command('PING')).resolves.toBe('PONG');
    await server.stop();
  });

  it('can ask for the certificate of the client', async () => {
    const server = await RedisServer.start({ tls: { ...tls, authClients: true } });
    const identity = { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) };
    await expect(connect(server.url, { ca, ...identity }).ping()).resolves.toBe('PONG');
    await expect(connect(server.url, { ca }).ping()).rejects.toThrow();
    await server.stop();
  });

  it('goes through a proxy, faults of the pipe included', async () => {
    const server = await RedisServer.start({ tls });
    const proxy = await FaultProxy.start({ target: server });
    expect(proxy.url).toBe(`rediss://127.0.0.1:${proxy.port}`);
    const client = connect(proxy.url, { ca });
    await expect(client.ping()).resolves.toBe('PONG');
    expect(proxy.traffic).toMatchObject({ requests: {}, replies: 0, connectionsOpen: 1 });
    expect(proxy.traffic.bytesToServer).toBeGreaterThan(100);
    expect(() => proxy.faults.dropReplies()).toThrow('start it with parse: true');

    const fault = proxy.faults.blackHole();
    const reply = client.incr('n');
    await expect(server.command('EXISTS', 'n')).resolves.toBe(0);
    fault.clear();
    await expect(reply).resolves.toBe(1);
    proxy.cut();
    await waitFor(() => client.status === 'end');
    await proxy.stop();
    await server.stop();
  });

  it('passes a proxy that parses as well, uncounted', async () => {
    const server = await RedisServer.start({ tls });
    const proxy = await FaultProxy.start({ target: server, parse: true });
    await expect(connect(proxy.url, { ca }).ping()).resolves.toBe('PONG');
    await proxy.stop();
    await server.stop();
  });
});
