import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer, type RedisServerOptions, waitFor } from '@holdfast/testing';
import { Redis } from 'ioredis';

describe('RedisServer (F3)', () => {
  const servers: RedisServer[] = [];
  const clients: Redis[] = [];

  const start = async (options?: RedisServerOptions) => {
    const server = await RedisServer.start(options);
    servers.push(server);
    return server;
  };

  const connect = (url: string, options = {}) => {
    const client = new Redis(url, {
      lazyConnect: true,
      retryStrategy: () => 20,
      disconnectTimeout: 20,
      ...options,
    });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  };

  afterEach(async () => {
    clients.splice(0).forEach((client) => client.disconnect());
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  it('serves clients at its url and answers commands of its own', async () => {
    const server = await start();
    const client = connect(server.url);
    await client.set('greeting', 'hello');
    await expect(server.command('GET', 'greeting')).resolves.toBe('hello');
    await expect(server.command('RPUSH', 'list', 1, Buffer.from('ü'))).resolves.toBe(2);
    await expect(server.command('LRANGE', 'list', 0, -1)).resolves.toEqual(['1', 'ü']);
    await expect(server.command('INCR', 'greeting')).rejects.toMatchObject({ code: 'ERR' });
    await expect(server.command('CLIENT', 'LIST')).resolves.toContain('cmd=set');
  });

  it('starts many at once, each on its own port', async () => {
    const many = await Promise.all(Array.from({ length: 8 }, () => start()));
    expect(new Set(many.map(({ port }) => port)).size).toBe(8);
    await Promise.all(many.map((server) => server.command('PING')));
  });

  it('leaves neither process nor folder behind when it stops, and stops twice', async () => {
    const server = await start();
    const { pid, dir } = server;
    await server.stop();
    await server.stop();
    expect(server).toMatchObject({ isRunning: false, pid: undefined });
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
    expect(existsSync(dir)).toBe(false);
    expect(server.output).toContain('Ready to accept connections');
    await expect(server.restart()).rejects.toMatchObject({ code: 'REDIS_SERVER_NOT_RUNNING' });
  });

  it('stands still while paused, goes on when resumed, and stops while paused', async () => {
    const server = await start();
    const { pid } = server;
    const client = connect(server.url, { commandTimeout: 150 });
    await client.ping();
    await server.pause();
    expect(server).toMatchObject({ isRunning: true, pid });
    await expect(client.ping()).rejects.toThrow('timed out');
    await server.resume();
    await expect(client.ping()).resolves.toBe('PONG');
    await server.pause();
    await server.stop();
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
  });

  it('notices its own end: killed by us, or by somebody else', async () => {
    const server = await start();
    await server.kill();
    expect(server).toMatchObject({ isRunning: false, pid: undefined });
    await expect(server.pause()).rejects.toMatchObject({ code: 'REDIS_SERVER_NOT_RUNNING' });
    await expect(server.command('PING')).rejects.toMatchObject({ code: 'REDIS_SERVER_NO_ANSWER' });
    await server.restart();
    process.kill(server.pid!, 'SIGKILL');
    await waitFor(() => !server.isRunning, { message: 'the end to be noticed' });
  });

  it('comes back on the same port and clients find it again', async () => {
    const server = await start();
    const client = connect(server.url, { maxRetriesPerRequest: null });
    await client.set('k', 'v');
    const { port, pid } = server;
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    await expect(client.get('k')).resolves.toBeNull();
  });

  it('keeps the data over a restart when asked to, even of a paused server', async () => {
    const server = await start();
    await server.command('SET', 'k', 'v');
    await server.restart({ keepData: true });
    await expect(server.command('GET', 'k')).resolves.toBe('v');
    await server.pause();
    await server.restart({ keepData: true });
    await expect(server.command('GET', 'k')).resolves.toBe('v');
    await server.kill();
    await expect(server.restart({ keepData: true })).rejects.toMatchObject({
      code: 'REDIS_SERVER_NOT_RUNNING',
    });
  });

  it('loses no acknowledged write to SIGKILL with persistence, and all of it on demand', async () => {
    const server = await start({ persistence: true });
    const client = connect(server.url);
    for (let n = 1; n <= 500; n++) await client.incr('count');
    client.disconnect();
    await server.kill();
    await server.restart();
    await expect(server.command('GET', 'count')).resolves.toBe('500');
    await server.restart({ keepData: false });
    await expect(server.command('DBSIZE')).resolves.toBe(0);
  });

  it('has loaded its data when it is back', async () => {
    // Slow enough to be asked while it loads, which it answers every 1024 commands.
    const directives = { 'key-load-delay': 100 };
    const server = await start({ persistence: true, directives });
    const client = connect(server.url);
    await Promise.all(Array.from({ length: 5_000 }, () => client.incr('count')));
    client.disconnect();
    await server.restart();
    await expect(server.command('GET', 'count')).resolves.toBe('5000');
  });

  it('asks for its password', async () => {
    const server = await start({ password: 'p@ss "word"' });
    await expect(connect(server.url).ping()).resolves.toBe('PONG');
    await expect(connect(`redis://${server.host}:${server.port}`).ping()).rejects.toThrow('NOAUTH');
    await expect(server.command('PING')).resolves.toBe('PONG');
  });

  it('knows the users of its ACL rules, given as lines or as a file', async () => {
    const rules = ['user app on >secret ~app:* +@all', 'user reader on >see ~* +@read'];
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-acl-'));
    await writeFile(join(folder, 'users.acl'), rules.join('\n'));
    for (const options of [{ acl: rules }, { aclFile: join(folder, 'users.acl') }]) {
      const server = await start({ password: 'admin', ...options });
      const client = connect(`redis://app:secret@${server.host}:${server.port}`);
      await expect(client.set('app:k', 'v')).resolves.toBe('OK');
      await expect(client.set('k', 'v')).rejects.toThrow('NOPERM');
      await expect(server.command('ACL', 'WHOAMI')).resolves.toBe('default');
    }
    await rm(folder, { recursive: true });
    await expect(RedisServer.start({ acl: rules, aclFile: 'x' })).rejects.toMatchObject({
      code: 'REDIS_SERVER_OPTIONS',
    });
  });

  it('follows further directives', async () => {
    const server = await start({ directives: { maxclients: 7, 'lazyfree-lazy-expire': true } });
    await expect(server.command('CONFIG', 'GET', 'maxclients')).resolves.toEqual(['maxclients', '7']);
    await expect(server.command('CONFIG', 'GET', 'lazyfree-lazy-expire')).resolves.toContain('yes');
  });

  it('says why it does not start', async () => {
    await expect(start({ directives: ['no-such-thing yes'] })).rejects.toMatchObject({
      code: 'REDIS_SERVER_START_FAILED',
      message: expect.stringContaining("'no-such-thing yes'"),
    });
  });

  it('says so when the port that was asked for is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await waitFor(() => other.listening);
    const { port } = other.address() as { port: number };
    await expect(start({ port })).rejects.toMatchObject({
      code: 'REDIS_SERVER_START_FAILED',
      message: expect.stringContaining('Address already in use'),
    });
    other.close();
  });
});
