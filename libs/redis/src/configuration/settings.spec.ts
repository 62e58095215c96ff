import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisConfigurationError } from '../errors/redis-error.js';
import { resolveOptions } from './resolve-options.js';
import type { Setting } from './setting-kinds.js';
import { settings } from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-settings-'));
const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const key = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n';
const certificateFile = join(folder, 'cert.pem');
const keyFile = join(folder, 'key.pem');
writeFileSync(certificateFile, certificate);
writeFileSync(keyFile, key);

afterAll(() => rmSync(folder, { recursive: true }));

const tuning: ReadonlyArray<[variable: string, value: string, expected: object]> = [
  ['REDIS_APP_NAME', 'shop', { appName: 'shop' }],
  ['REDIS_KEY_PREFIX', 'shop:', { keyPrefix: 'shop:' }],
  ['REDIS_POOL_SIZE', '1', { poolSize: 1 }],
  ['REDIS_CONNECT_TIMEOUT', '1500', { connectTimeoutMs: 1_500 }],
  ['REDIS_COMMAND_TIMEOUT', '700', { commandTimeoutMs: 700 }],
  ['REDIS_KEEP_ALIVE', '0', { keepAliveMs: 0 }],
  ['REDIS_MAX_RETRIES', '5', { maxRetriesPerRequest: 5 }],
  ['REDIS_MAX_WAITING_COMMANDS', '0', { maxWaitingCommands: 0 }],
  ['REDIS_MAX_WAITING_BYTES', '1024', { maxWaitingBytes: 1_024 }],
  ['REDIS_HEARTBEAT_INTERVAL', '200', { heartbeatIntervalMs: 200 }],
  ['REDIS_HEARTBEAT_TIMEOUT', '900', { heartbeatTimeoutMs: 900 }],
  ['REDIS_RECONNECT_MIN_DELAY', '10', { reconnectMinDelayMs: 10 }],
  ['REDIS_RECONNECT_MAX_DELAY', '9000', { reconnectMaxDelayMs: 9_000 }],
  ['REDIS_RECONNECT_MAX_ATTEMPTS', '3', { reconnectMaxAttempts: 3 }],
  ['REDIS_HEALTH_CHECK_INTERVAL', '0', { healthCheckIntervalMs: 0 }],
  ['REDIS_SHUTDOWN_TIMEOUT', '100', { shutdownTimeoutMs: 100 }],
  ['REDIS_ALLOW_FLUSHDB', 'no', { allowFlushDb: false }],
  ['REDIS_ENABLE_AUTO_PIPELINING', 'on', { enableAutoPipelining: true }],
  ['REDIS_CLUSTER_MODE', '0', { clusterMode: false }],
  ['REDIS_CLUSTER_NODES', '', { clusterNodes: [] }],
  ['REDIS_MAX_IN_FLIGHT_COMMANDS', '10', { maxInFlightCommands: 10 }],
  ['REDIS_MAX_IN_FLIGHT_BYTES', '1024', { maxInFlightBytes: 1_024 }],
  ['REDIS_BREAKER_FAILURE_RATIO', '0.25', { breakerFailureRatio: 0.25 }],
  ['REDIS_BREAKER_MIN_CALLS', '5', { breakerMinCalls: 5 }],
  ['REDIS_BREAKER_WINDOW', '100', { breakerWindowMs: 100 }],
  ['REDIS_BREAKER_SLOW_CALL', '50', { breakerSlowCallMs: 50 }],
  ['REDIS_BREAKER_OPEN', '10', { breakerOpenMs: 10 }],
  ['REDIS_FALLBACK', 'off', { fallback: 'off' }],
  ['REDIS_FALLBACK_MAX_BYTES', '1024', { fallbackMaxBytes: 1_024 }],
  ['REDIS_FALLBACK_PREFIXES', 'cache:, page:,', { fallbackPrefixes: ['cache:', 'page:'] }],
  ['REDIS_FALLBACK_RECOVERY', 'discard', { fallbackRecovery: 'discard' }],
  ['REDIS_JOURNAL_MAX_BYTES', '1024', { journalMaxBytes: 1_024 }],
  ['REDIS_SENTINEL_NAME', '', { sentinelName: undefined }],
  ['REDIS_SENTINELS', '', { sentinels: [] }],
  ['REDIS_READ_REPLICAS', 'off', { readReplicas: false }],
  ['REDIS_READ_REPLICA_URLS', '', { readReplicaUrls: [] }],
];

const target: ReadonlyArray<[variable: string, value: string, expected: object]> = [
    ['REDIS_URL', 'redis://me:secret@redis.local:7000/2', { host: 'redis.local', port: 7000, username: 'me', password: 'secret', db: 2 }],
    ['REDIS_HOST', 'redis.local', { host: 'redis.local', port: 6379 }],
    ['REDIS_HOST', '10.0.0.1', { host: '10.0.0.1' }],
    ['REDIS_HOST', '::1', { host: '::1' }],
    ['REDIS_HOST', '[fe80::1]', { host: 'fe80::1' }],
    ['REDIS_PORT', ' 7000 ', { host: '127.0.0.1', port: 7000 }],
    ['REDIS_USERNAME', 'me', { username: 'me' }],
    ['REDIS_PASSWORD', ' p@ss#/%zz ', { password: ' p@ss#/%zz ' }],
    ['REDIS_DB', '15', { db: 15 }],
    ['REDIS_TLS', 'YES', { tls: { rejectUnauthorized: true } }],
]; // prettier-ignore

const tlsVariables = [
  'REDIS_TLS_CA_FILE', 'REDIS_TLS_CA', 'REDIS_TLS_CERT_FILE', 'REDIS_TLS_KEY_FILE', 'REDIS_TLS_SERVER_NAME',
  'REDIS_TLS_INSECURE_SKIP_VERIFY',
]; // prettier-ignore

describe('section E: variables of the environment', () => {
  it.each(tuning)('%s=%s is read', (variable, value, expected) => {
    expect(resolveOptions({}, { [variable]: value })).toMatchObject(expected);
  });

  it('every setting has its case here', () => {
    const covered = new Set([...[...tuning, ...target].map(([variable]) => variable), ...tlsVariables]);
    expect(Object.values<Setting>(settings).filter(({ env }) => !covered.has(env))).toEqual([]);
  });

  it.each(target)('%s=%s makes the target', (variable, value, expected) => {
    expect(resolveOptions({}, { [variable]: value }).target).toMatchObject(expected);
  });

  it('the TLS variables name files, which are read once (D6)', () => {
    const { target } = resolveOptions(
      {},
      {
        REDIS_URL: 'rediss://h',
        REDIS_TLS_CA_FILE: certificateFile,
        REDIS_TLS_CERT_FILE: certificateFile,
        REDIS_TLS_KEY_FILE: keyFile,
        REDIS_TLS_SERVER_NAME: 'redis.example',
        REDIS_TLS_INSECURE_SKIP_VERIFY: 'true',
      },
    );
    expect(target.tls).toEqual({
      ca: certificate,
      cert: certificate,
      key,
      servername: 'redis.example',
      rejectUnauthorized: false,
    });
  });

  it('REDIS_TLS_CA holds the CA as text, on one line where a platform wants it so (D6)', () => {
    const oneLine = certificate.replaceAll('\n', '\\n');
    const { target } = resolveOptions({}, { REDIS_TLS: '1', REDIS_TLS_CA: oneLine });
    expect(target.tls?.ca).toBe(certificate);
  });

  it.each(Object.entries<Setting>(settings))('%s says in the table what it is', (_name, setting) => {
    expect(setting.env).toMatch(/^REDIS_[A-Z_]+$/);
    expect(setting.about).toMatch(/^[A-Z].*\.$/);
    expect(setting.accepted).not.toBe('');
  });

  it('every setting has a variable of its own', () => {
    const variables = Object.values<Setting>(settings).map(({ env }) => env);
    expect(new Set(variables).size).toBe(variables.length);
  });

  it.each(Object.entries<Setting>(settings))('the default of %s is itself accepted', (_name, setting) => {
    const { byDefault, accepts } = setting;
    expect(byDefault === undefined || accepts(byDefault)).toBe(true);
    expect(accepts(undefined)).toBe(false);
  });

  const oddities: ReadonlyArray<[name: keyof typeof settings, value: unknown]> = [
    ['port', '6379'],
    ['port', 6379.5],
    ['commandTimeoutMs', NaN],
    ['commandTimeoutMs', Infinity],
    ['commandTimeoutMs', -1],
    ['commandTimeoutMs', 10n],
    ['breakerFailureRatio', NaN],
    ['fallback', true],
    ['enableAutoPipelining', 'true'],
    ['enableAutoPipelining', 1],
    ['host', ''],
    ['host', null],
    ['password', 1234],
    ['clusterNodes', 'a:7000'],
    ['clusterNodes', [7000]],
    ['appName', 'two words'],
    ['keyPrefix', Symbol('prefix')],
    ['url', new URL('redis://h')],
    ['db', Object.create(null)],
  ];

  it.each(oddities)('%s in code is taken as it is meant, not guessed: %p is refused', (name, value) => {
    const attempt = (): unknown => resolveOptions({ [name]: value }, {});
    expect(attempt).toThrow(RedisConfigurationError);
    expect(attempt).toThrow(`  ${name}`);
    expect(attempt).toThrow(`accepted is ${settings[name].accepted}`);
  });

  it.each([
    ['REDIS_PORT', '0x10'],
    ['REDIS_PORT', '1e3'],
    ['REDIS_PORT', '6379.0'],
    ['REDIS_COMMAND_TIMEOUT', '5s'],
    ['REDIS_COMMAND_TIMEOUT', '5_000'],
    ['REDIS_COMMAND_TIMEOUT', 'NaN'],
    ['REDIS_COMMAND_TIMEOUT', 'Infinity'],
    ['REDIS_COMMAND_TIMEOUT', '99999999999999999999'],
    ['REDIS_ENABLE_AUTO_PIPELINING', 'maybe'],
    ['REDIS_HOST', 'redis.local:6379'],
    ['REDIS_HOST', 'cafe:6379'],
    ['REDIS_HOST', 'two words'],
    ['REDIS_BREAKER_FAILURE_RATIO', '0'],
    ['REDIS_BREAKER_FAILURE_RATIO', '1.1'],
    ['REDIS_BREAKER_FAILURE_RATIO', '50%'],
    ['REDIS_FALLBACK', 'disk'],
    ['REDIS_CLUSTER_NODES', 'a:7000,b'],
    ['REDIS_READ_REPLICA_URLS', 'redis://a,b'],
  ])('%s=%s is refused and shown as it was written', (variable, value) => {
    expect(() => resolveOptions({}, { [variable]: value })).toThrow(
      `  ${variable} = ${JSON.stringify(value)}: accepted is `,
    );
  });
});
