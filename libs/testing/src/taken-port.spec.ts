import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { FaultProxy, RedisServer, waitFor } from './index.js';

let mockTakenPorts: number[] = [];

// Between looking for a free port and listening on it somebody else can take it: here, always at first.
jest.mock('./free-port.js', () => {
  const { freePort } = jest.requireActual<{ freePort: () => Promise<number> }>('./free-port.js');
  return { freePort: async () => mockTakenPorts.shift() ?? freePort() };
});

describe('A port that somebody else takes first (F3)', () => {
  let other: Server;
  let taken: number;

  beforeEach(async () => {
    other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    taken = (other.address() as AddressInfo).port;
    mockTakenPorts = [taken, taken];
  });

  afterEach(() => other.close());

  it('does not keep a server from starting', async () => {
    const server = await RedisServer.start();
    expect(mockTakenPorts).toEqual([]);
    expect(server.port).not.toBe(taken);
    await expect(server.command('PING')).resolves.toBe('PONG');
    await server.stop();
  });

  it('does not keep a proxy from starting', async () => {
    const proxy = await FaultProxy.start({ target: { host: '127.0.0.1', port: 1 } });
    expect(mockTakenPorts).toEqual([]);
    expect(proxy.port).not.toBe(taken);
    await proxy.stop();
  });

  it('is waited for by a server that restarts', async () => {
    mockTakenPorts = [];
    const server = await RedisServer.start();
    await server.kill();
    const squatter = createServer().listen(server.port, '127.0.0.1');
    await once(squatter, 'listening');
    const restarted = server.restart();
    await waitFor(() => server.output.includes('Address already in use'), { message: 'a first attempt' });
    squatter.close();
    await restarted;
    await expect(server.command('PING')).resolves.toBe('PONG');
    await server.stop();
  });
});
