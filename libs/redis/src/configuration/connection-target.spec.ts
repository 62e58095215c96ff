import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisConfigurationError } from '../errors/redis-error.js';
import type { RedisModuleOptions } from './redis.options.js';
import { type Environment, resolveOptions } from './resolve-options.js';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-target-'));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const certificateFile = file('cert.pem', certificate);
const keyFile = file('key.pem', '-----BEGIN EC PRIVATE KEY-----\nMIIE\n-----END EC PRIVATE KEY-----\n');
const lockedKeyFile = file('locked.pem', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n');
const emptyFile = file('empty.pem', '');

afterAll(() => rmSync(folder, { recursive: true }));

const target = (environment: Environment, options: RedisModuleOptions = {}) =>
  resolveOptions(options, environment).target;

function complaints(environment: Environment, options: RedisModuleOptions = {}): string[] {
  try {
    resolveOptions(options, environment);
  } catch (error) {
    return (error as RedisConfigurationError).issues.map(
      ({ setting, accepted }) => `${setting}: ${accepted}`,
    );
  }
  return [];
}

describe('D1 the target', () => {
  it('is the same by URL and by single settings', () => {
    const single = {
      REDIS_HOST: 'h',
      REDIS_PORT: '7000',
      REDIS_USERNAME: 'me',
      REDIS_PASSWORD: 'p@ss',
      REDIS_DB: '2',
      REDIS_TLS: 'true',
    };
    expect(target({ REDIS_URL: 'rediss://me:p%40ss@h:7000/2' })).toEqual(target(single));
    expect(target({ ...single, REDIS_URL: 'rediss://me:p%40ss@h:7000/2' })).toEqual(target(single));
  });

  it('takes from single settings what the URL leaves open', () => {
    expect(
      target({ REDIS_URL: 'redis://h', REDIS_PORT: '7000', REDIS_PASSWORD: 'secret', REDIS_DB: '1' }),
    ).toMatchObject({ host: 'h', port: 7000, password: 'secret', db: 1 });
  });

  it.each([
    ['REDIS_HOST', 'other'],
    ['REDIS_PORT', '7001'],
    ['REDIS_USERNAME', 'you'],
    ['REDIS_PASSWORD', 'other'],
    ['REDIS_DB', '3'],
    ['REDIS_TLS', 'false'],
  ])('is refused when the URL and %s say different things', (variable, value) => {
    expect(complaints({ REDIS_URL: 'rediss://me:secret@h:7000/2', [variable]: value })).toEqual([
      `${variable}: contradicts REDIS_URL, which says otherwise: give one of them`,
    ]);
  });

  it('names what contradicts as it is called where it was given', () => {
    expect(complaints({}, { url: 'redis://h', host: 'other' })).toEqual([
      'host: contradicts url, which says otherwise: give one of them',
    ]);
    expect(complaints({ REDIS_URL: 'redis://env/5' }, { url: 'redis://h/1', db: 2 })).toEqual([
      'db: contradicts url, which says otherwise: give one of them',
    ]);
  });

  it('finds contradictions of the environment beside what code replaces', () => {
    expect(
      complaints({ REDIS_URL: 'redis://me@h/2', REDIS_USERNAME: 'you', REDIS_DB: '3' }, { db: 1 }),
    ).toEqual(['REDIS_USERNAME: contradicts REDIS_URL, which says otherwise: give one of them']);
  });

  it('finds no contradiction in an address that is written with and without brackets', () => {
    expect(target({ REDIS_URL: 'redis://[::1]', REDIS_HOST: '::1' }).host).toBe('::1');
    expect(target({ REDIS_URL: 'redis://[::1]', REDIS_HOST: '[::1]' }).host).toBe('::1');
  });
});

describe('D6 TLS', () => {
  it('is off by default and verified when it is on', () => {
    expect(target({}).tls).toBeUndefined();
    expect(target({ REDIS_URL: 'redis://h' }).tls).toBeUndefined();
    expect(target({ REDIS_URL: 'rediss://h' }).tls).toEqual({ rejectUnauthorized: true });
    expect(target({ REDIS_TLS: 'true' }).tls).toEqual({ rejectUnauthorized: true });
    expect(target({ REDIS_URL: 'redis://h', REDIS_TLS: 'true' }).tls).toEqual({ rejectUnauthorized: true });
  });

  it('is not verified only when that is asked for by name', () => {
    expect(target({ REDIS_URL: 'rediss://h', REDIS_TLS_INSECURE_SKIP_VERIFY: 'true' }).tls).toEqual({
      rejectUnauthorized: false,
    });
  });

  it.each([
    ['REDIS_TLS_CA', certificate],
    ['REDIS_TLS_CA_FILE', certificateFile],
    ['REDIS_TLS_CERT_FILE', certificateFile],
    ['REDIS_TLS_KEY_FILE', keyFile],
    ['REDIS_TLS_SERVER_NAME', 'redis.example'],
  ])('%s without TLS is refused, since the connection would not be encrypted', (variable, value) => {
    expect(complaints({ REDIS_URL: 'redis://h', [variable]: value })).toEqual([
      `${variable}: only together with TLS: use rediss:// or set REDIS_TLS=true`,
    ]);
  });

  it('material of the environment serves a target in code that wants TLS, and leaves another alone', () => {
    const environment = { REDIS_URL: 'rediss://env', REDIS_TLS_CA_FILE: certificateFile };
    expect(target(environment, { url: 'rediss://code' }).tls?.ca).toBe(certificate);
    expect(target(environment, { url: 'redis://code' }).tls).toBeUndefined();
    expect(complaints(environment, { url: 'redis://code', tlsServerName: 'x' })).toHaveLength(1);
  });

  it('material of the environment is left aside where code turns TLS off, and used where it turns it on', () => {
    const material = { REDIS_TLS_CA_FILE: certificateFile };
    expect(target({ ...material, REDIS_URL: 'rediss://env' }, { tls: false }).tls).toBeUndefined();
    expect(target({ ...material, REDIS_URL: 'redis://env' }, { tls: true }).tls?.ca).toBe(certificate);
    expect(complaints({ REDIS_URL: 'rediss://env' }, { tls: false, tlsServerName: 'x' })).toHaveLength(1);
    expect(complaints({ ...material, REDIS_URL: 'redis://env' }, { db: 1 })).toHaveLength(1);
  });

  it('takes the CA from one place', () => {
    expect(
      complaints({ REDIS_TLS: '1', REDIS_TLS_CA: certificate, REDIS_TLS_CA_FILE: certificateFile }),
    ).toEqual(['REDIS_TLS_CA: either this or REDIS_TLS_CA_FILE, not both']);
  });

  it('wants certificate and key of the client together', () => {
    expect(complaints({ REDIS_TLS: '1', REDIS_TLS_CERT_FILE: certificateFile })).toEqual([
      'REDIS_TLS_KEY_FILE: a client certificate needs both the certificate and its key',
    ]);
    expect(complaints({ REDIS_TLS: '1', REDIS_TLS_KEY_FILE: keyFile })).toEqual([
      'REDIS_TLS_CERT_FILE: a client certificate needs both the certificate and its key',
    ]);
    expect(
      complaints({ REDIS_TLS: '1', REDIS_TLS_KEY_FILE: keyFile, REDIS_TLS_CERT_FILE: '/nowhere' }),
    ).toEqual(['REDIS_TLS_CERT_FILE: accepted is the path of a file that this process may read']);
  });

  it.each([
    ['REDIS_TLS_CA_FILE', emptyFile, 'a PEM file with -----BEGIN CERTIFICATE-----'],
    ['REDIS_TLS_CA_FILE', keyFile, 'a PEM file with -----BEGIN CERTIFICATE-----'],
    ['REDIS_TLS_KEY_FILE', certificateFile, 'a PEM file with a private key that is not encrypted'],
    ['REDIS_TLS_KEY_FILE', lockedKeyFile, 'a PEM file with a private key that is not encrypted'],
  ])(
    '%s that holds something else is refused at the start, not at the handshake',
    (variable, path, accepted) => {
      const environment = {
        REDIS_TLS: '1',
        REDIS_TLS_CERT_FILE: certificateFile,
        REDIS_TLS_KEY_FILE: keyFile,
      };
      expect(complaints({ ...environment, [variable]: path })).toEqual([
        `${variable}: accepted is ${accepted}`,
      ]);
    },
  );
});
