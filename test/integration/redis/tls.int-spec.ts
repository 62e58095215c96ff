import { RedisServer, waitFor } from '@holdfast/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeServices, openService, RecordingLog } from './open-service.js';

const certificate = (name: string): string => join(__dirname, '..', 'testing', 'certificates', name);
const files = {
  certFile: certificate('server.crt'),
  keyFile: certificate('server.key'),
  caFile: certificate('ca.crt'),
};

describe('D6: TLS, verified by default', () => {
  let server: RedisServer;

  beforeAll(async () => (server = await RedisServer.start({ tls: { ...files, authClients: 'optional' } })));
  afterAll(() => server.stop());
  afterEach(closeServices);

  it.each([
    ['a URL and a CA file', () => ({ url: server.url, tlsCaFile: files.caFile })],
    ['a URL and a CA as text', () => ({ url: server.url, tlsCa: readFileSync(files.caFile, 'utf8') })],
    [
      'host, port and TLS',
      () => ({ host: 'localhost', port: server.port, tls: true, tlsCaFile: files.caFile }),
    ],
  ])('connects by %s', async (_, options) => {
    const redis = openService(options());
    await redis.connect();
    await redis.set('k', 'v');
    expect(await redis.get('k')).toBe('v');
  });

  it.each([
    [
      'a CA that is not known',
      () => ({ url: server.url }),
      /TLS_(SELF_SIGNED|UNKNOWN_CA).*REDIS_TLS_CA_FILE/,
    ],
    [
      'a certificate for another host',
      () => ({ url: server.url, tlsCaFile: files.caFile, tlsServerName: 'other.example' }),
      /TLS_WRONG_HOST.*REDIS_TLS_SERVER_NAME/,
    ],
  ])('refuses %s and says so', async (_, options, message) => {
    const log = new RecordingLog();
    const redis = openService(options(), { log });
    await waitFor(() => log.lines.some((line) => message.test(line)), {
      message: () => log.lines.join('\n'),
    });
    await expect(redis.get('k')).rejects.toMatchObject({ message: expect.stringMatching(message) as string });
  });

  it('accepts any certificate only when told so in so many words, and warns', async () => {
    const log = new RecordingLog();
    const redis = openService({ url: server.url, tlsInsecureSkipVerify: true }, { log });
    await redis.connect();
    expect(log.lines[0]).toMatch(/event=insecure-tls .*not verified/);
  });

  it('says when one side speaks TLS and the other does not', async () => {
    const plain = await RedisServer.start();
    const log = new RecordingLog();
    try {
      openService({ url: `rediss://127.0.0.1:${plain.port}` }, { log });
      await waitFor(() => log.lines.some((line) => /reason=(ETIMEDOUT|TLS_NOT_SPOKEN) .*TLS/.test(line)), {
        message: () => log.lines.join('\n'),
      });
      const toTls = new RecordingLog();
      openService({ url: `redis://127.0.0.1:${server.port}` }, { log: toTls });
      await waitFor(() => toTls.lines.some((line) => line.includes('it wants TLS (rediss://)')), {
        message: () => toTls.lines.join('\n'),
      });
    } finally {
      await plain.stop();
    }
  }, 15_000);

  it('shows a client certificate where the server wants one', async () => {
    const strict = await RedisServer.start({ tls: { ...files, authClients: true } });
    try {
      const redis = openService({
        url: strict.url,
        tlsCaFile: files.caFile,
        tlsCertFile: files.certFile,
        tlsKeyFile: files.keyFile,
      });
      await redis.connect();
      expect(await redis.isHealthy()).toBe(true);
      const log = new RecordingLog();
      openService({ url: strict.url, tlsCaFile: files.caFile }, { log });
      await waitFor(() =>
        log.lines.some((line) => /TLS|certificate|ECONNRESET|CONNECTION_CLOSED/.test(line)),
      );
    } finally {
      await strict.stop();
    }
  });
});
