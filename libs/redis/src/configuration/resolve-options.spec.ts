import { inspect } from 'node:util';
import type { Redis } from 'ioredis';
import type { RedisConfigurationError } from '../errors/redis-error.js';
import type { RedisModuleOptions } from './redis.options.js';
import { type Environment, resolveOptions } from './resolve-options.js';
import { settings } from './settings.js';

function refusal(options: unknown, environment: Environment = {}): RedisConfigurationError {
  try {
    resolveOptions(options as RedisModuleOptions, environment);
  } catch (error) {
    return error as RedisConfigurationError;
  }
  throw new Error('nothing was refused');
}

const complaints = (environment: Environment): string[] =>
  refusal({}, environment).issues.map(({ setting }) => setting);

describe('section E: options and environment', () => {
  it('without anything is Redis on this machine, with the defaults', () => {
    expect(resolveOptions({}, {})).toMatchObject({
      target: {
        host: '127.0.0.1',
        port: 6379,
        username: undefined,
        password: undefined,
        db: 0,
        tls: undefined,
      },
      appName: 'app',
      commandTimeoutMs: 5_000,
      connectTimeoutMs: 2_000,
      heartbeatIntervalMs: 1_000,
      heartbeatTimeoutMs: 2_000,
      maxRetriesPerRequest: 3,
      poolSize: 1,
      reconnectMinDelayMs: 50,
      reconnectMaxDelayMs: 2_000,
      reconnectMaxAttempts: undefined,
      healthCheckIntervalMs: 30_000,
      enableAutoPipelining: false,
      clusterNodes: [],
    });
  });

  it('an option in code comes before its variable', () => {
    const { commandTimeoutMs, keepAliveMs } = resolveOptions(
      { commandTimeoutMs: 100 },
      { REDIS_COMMAND_TIMEOUT: '200', REDIS_KEEP_ALIVE: '300' },
    );
    expect([commandTimeoutMs, keepAliveMs]).toEqual([100, 300]);
  });

  it('an option that is undefined counts as not given', () => {
    expect(resolveOptions({ commandTimeoutMs: undefined }, { REDIS_COMMAND_TIMEOUT: '200' })).toMatchObject({
      commandTimeoutMs: 200,
    });
  });

  it('a variable that is empty counts as not set', () => {
    const environment = {
      REDIS_PORT: '',
      REDIS_URL: '',
      REDIS_PASSWORD: '',
      REDIS_TLS: '',
      REDIS_SENTINELS: '',
    };
    expect(resolveOptions({}, environment).target).toMatchObject({ port: 6379, password: undefined });
  });

  const whole = { REDIS_USERNAME: 'env', REDIS_PASSWORD: 'env', REDIS_DB: '5', REDIS_TLS: 'true' };

  it.each([
    [{ host: 'code' }, { ...whole, REDIS_HOST: 'env', REDIS_PORT: '7000' }],
    [{ url: 'redis://code' }, { ...whole, REDIS_URL: 'redis://env' }],
    [{ url: 'redis://code' }, { ...whole, REDIS_HOST: 'env', REDIS_PORT: 'not even a port' }],
  ])('a target in code takes nothing from the target of the environment: %p', (options, environment) => {
    expect(resolveOptions(options, environment).target).toEqual({
      host: 'code',
      port: 6379,
      username: undefined,
      password: undefined,
      db: 0,
      tls: undefined,
    });
  });

  it('a port in code is a target on this machine: no password meant for another server is sent there', () => {
    const environment = { ...whole, REDIS_URL: 'redis://env' };
    expect(resolveOptions({ port: 7000, username: 'me' }, environment).target).toEqual({
      host: '127.0.0.1',
      port: 7000,
      username: 'me',
      password: undefined,
      db: 0,
      tls: undefined,
    });
  });

  it('a target in code leaves the rest of the environment alone', () => {
    expect(resolveOptions({ host: 'code' }, { REDIS_HOST: 'env', REDIS_KEEP_ALIVE: '7' })).toMatchObject({
      target: { host: 'code', port: 6379 },
      keepAliveMs: 7,
    });
  });

  const environmentTarget = { host: 'env', port: 7000, username: 'me', password: 'secret', db: 2, tls: { rejectUnauthorized: true } }; // prettier-ignore
  const sources: ReadonlyArray<[name: string, environment: Environment]> = [
    ['REDIS_URL', { REDIS_URL: 'rediss://me:secret@env:7000/2' }],
    ['single variables', { REDIS_HOST: 'env', REDIS_PORT: '7000', REDIS_USERNAME: 'me', REDIS_PASSWORD: 'secret', REDIS_DB: '2', REDIS_TLS: '1' }],
    ['REDIS_URL and single variables', { REDIS_URL: 'rediss://env:7000/2', REDIS_USERNAME: 'me', REDIS_PASSWORD: 'secret', REDIS_DB: '2' }],
  ]; // prettier-ignore

  describe.each(sources)('A1, D1: the target of %s', (_, environment) => {
    it.each<[RedisModuleOptions, object]>([
      [{ db: 1 }, { db: 1 }],
      [{ db: 0 }, { db: 0 }],
      [{ username: 'you' }, { username: 'you' }],
      [{ password: 'other' }, { password: 'other' }],
      [{ tls: false }, { tls: undefined }],
      [
        { db: 1, username: 'you', password: 'other', tls: true },
        { db: 1, username: 'you', password: 'other' },
      ],
    ])('keeps everything but what %p in code replaces', (options, replaced) => {
      expect(resolveOptions(options, environment).target).toEqual({ ...environmentTarget, ...replaced });
    });

    it('is as it is where code says the same', () => {
      expect(resolveOptions({ db: 2, username: 'me', tls: true }, environment).target).toEqual(
        environmentTarget,
      );
    });
  });

  it('TLS in code encrypts the connection to a redis:// URL of the environment (D6)', () => {
    expect(resolveOptions({ tls: true }, { REDIS_URL: 'redis://env' }).target).toMatchObject({
      host: 'env',
      tls: { rejectUnauthorized: true },
    });
  });

  it.each([
    [undefined, true],
    ['development', true],
    ['production', false],
  ])('flushDb() may run by default with NODE_ENV=%s: %s', (mode, allowed) => {
    expect(resolveOptions({}, { NODE_ENV: mode }).allowFlushDb).toBe(allowed);
    expect(resolveOptions({ allowFlushDb: !allowed }, { NODE_ENV: mode }).allowFlushDb).toBe(!allowed);
  });
});

describe('section E: bad values', () => {
  it('are all in one error, each with its value and what is accepted', () => {
    const error = refusal(
      { commandTimeoutMs: '5s' },
      {
        REDIS_PORT: 'abc',
        REDIS_DB: '-1',
        REDIS_CLUSTER_MODE: 'maybe',
        REDIS_TLS_CA_FILE: '/does/not/exist.pem',
        REDIS_POOL_SIZE: '3',
      },
    );
    expect(error).toMatchObject({
      name: 'RedisConfigurationError',
      code: 'REDIS_CONFIGURATION',
      outcome: 'not-sent',
    });
    expect(error.message.split('\n')).toEqual([
      'Redis is not configured correctly:',
      '  REDIS_PORT = "abc": accepted is an integer from 1 to 65535',
      '  REDIS_DB = "-1": accepted is an integer from 0 to 65535',
      '  REDIS_TLS_CA_FILE = "/does/not/exist.pem": accepted is the path of a file that this process may read',
      '  commandTimeoutMs = "5s": accepted is milliseconds, an integer from 1 to 86400000',
      '  REDIS_CLUSTER_MODE = "maybe": accepted is true or false (also 1/0, yes/no, on/off)',
      '  REDIS_POOL_SIZE: not available in this version of @holdfast/redis',
    ]);
  });

  it.each([
    ['REDIS_PORT', '70000', 'an integer from 1 to 65535'],
    ['REDIS_PORT', '0', 'an integer from 1 to 65535'],
    ['REDIS_URL', 'http://x', 'redis://'],
    ['REDIS_URL', 'localhost:6379', 'redis://'],
    ['REDIS_HEARTBEAT_TIMEOUT', '10', 'milliseconds, an integer from 200 to 86400000'],
    ['REDIS_SENTINELS', 'a', 'host:port pairs, separated by commas'],
  ])('%s=%s says that %s is accepted', (variable, value, accepted) => {
    const [issue] = refusal({}, { [variable]: value }).issues;
    expect(issue).toMatchObject({
      setting: variable,
      value: JSON.stringify(value),
      accepted: expect.stringContaining(accepted),
    });
  });

  it('a path of a file that is a folder is refused like one that is not there (D6)', () => {
    expect(refusal({}, { REDIS_TLS: 'true', REDIS_TLS_CA_FILE: '/' }).issues).toEqual([
      { setting: 'REDIS_TLS_CA_FILE', value: '"/"', accepted: `accepted is ${settings.tlsCaFile.accepted}` },
    ]);
  });

  it('what does not go together is named beside what is bad by itself', () => {
    const environment = { REDIS_PORT: 'abc', REDIS_URL: 'redis://h/x', REDIS_CLUSTER_MODE: 'true' };
    expect(complaints(environment)).toEqual(['REDIS_PORT', 'REDIS_CLUSTER_MODE', 'REDIS_URL']);
  });

  it('cluster mode wants nodes', () => {
    expect(refusal({}, { REDIS_CLUSTER_MODE: 'true' }).issues).toContainEqual({
      setting: 'REDIS_CLUSTER_NODES',
      accepted: 'at least one host:port when cluster mode is on',
    });
  });

  it.each([
    ['REDIS_CLUSTER_NODES', {}, { REDIS_CLUSTER_NODES: 'a:7000' }],
    ['REDIS_CLUSTER_NODES', {}, { REDIS_CLUSTER_NODES: 'a:7000', REDIS_CLUSTER_MODE: 'false' }],
    ['clusterNodes', { clusterNodes: ['a:7000'] }, {}],
  ])(
    'nodes of a cluster without cluster mode are refused, not ignored: %s',
    (setting, options, environment) => {
      expect(refusal(options, environment).issues).toEqual([
        { setting, accepted: 'only together with cluster mode: set REDIS_CLUSTER_MODE=true' },
      ]);
    },
  );

  it('nothing follows from a value that was refused', () => {
    expect(complaints({ REDIS_CLUSTER_NODES: 'a:1', REDIS_CLUSTER_MODE: 'x' })).toEqual([
      'REDIS_CLUSTER_MODE',
    ]);
    expect(refusal({}, { REDIS_CLUSTER_MODE: 'true', REDIS_CLUSTER_NODES: 'a' }).issues).toMatchObject([
      { setting: 'REDIS_CLUSTER_NODES', value: '"a"' },
      { setting: 'REDIS_CLUSTER_MODE' },
    ]);
    expect(complaints({ REDIS_TLS: 'perhaps', REDIS_TLS_SERVER_NAME: 'x' })).toEqual(['REDIS_TLS']);
  });

  it('sentinels and the name of their primary want each other', () => {
    expect(complaints({ REDIS_SENTINELS: 'a:26379' })).toContain('REDIS_SENTINEL_NAME');
    expect(complaints({ REDIS_SENTINEL_NAME: 'main' })).toEqual(['REDIS_SENTINELS']);
  });

  it('the least delay is at most the largest, whoever set which', () => {
    expect(refusal({ reconnectMaxDelayMs: 20 }).issues).toEqual([
      { setting: 'REDIS_RECONNECT_MIN_DELAY', accepted: 'is 50, at most reconnectMaxDelayMs, which is 20' },
    ]);
    expect(resolveOptions({ reconnectMaxDelayMs: 50 }, {}).reconnectMaxDelayMs).toBe(50);
  });

  it.each([
    ['pool size', { REDIS_POOL_SIZE: '2' }],
    ['cluster', { REDIS_CLUSTER_MODE: '1', REDIS_CLUSTER_NODES: 'a:1' }],
    ['sentinels', { REDIS_SENTINELS: 'a:1', REDIS_SENTINEL_NAME: 'main' }],
    ['read replicas', { REDIS_READ_REPLICAS: '1' }],
    ['read replicas by URL', { REDIS_READ_REPLICA_URLS: 'redis://a' }],
  ])('what this version cannot do is refused, not ignored: %s', (_, environment) => {
    expect(refusal({}, environment).issues).toMatchObject([
      { accepted: 'not available in this version of @holdfast/redis' },
    ]);
  });

  it.each([
    ['connectTimeout', 'connectTimeoutMs'],
    ['comandTimeoutMs', 'commandTimeoutMs'],
    ['REDIS_MAX_RETRIES', 'maxRetriesPerRequest'],
    ['keyprefix', 'keyPrefix'],
    ['reconectMaxAttempts', 'reconnectMaxAttempts'],
  ])('the option %s is unknown; %s is meant', (wrong, meant) => {
    expect(refusal({ [wrong]: 1 }).message).toContain(`${wrong}: no such option; did you mean ${meant}?`);
  });

  it.each(['zzz', 'retryStrategy', 'toString', 'constructor', '__proto__x'])(
    'the option %s is unknown, and nothing comes close',
    (wrong) => {
      expect(refusal({ [wrong]: 1 }).issues).toEqual([
        { setting: wrong, accepted: 'no such option; docs/configuration.md lists them' },
      ]);
    },
  );

  it.each([
    [null, 'null'],
    ['redis://h', 'a string'],
    [[], 'an array'],
  ])('options must be an object, not %p', (options, named) => {
    expect(refusal(options).issues).toEqual([
      { setting: 'RedisModule', accepted: `options must be an object, not ${named}` },
    ]);
  });

  it('a client of your own is told by its shape, and goes with no target in code', () => {
    const client = { sendCommand: () => undefined } as unknown as Redis;
    expect(resolveOptions({ client }, { REDIS_URL: 'redis://h' }).client).toBe(client);
    expect(refusal({ client: {} }).issues).toMatchObject([{ setting: 'client' }]);
    expect(refusal({ client, url: 'redis://h' }).issues).toMatchObject([{ setting: 'client' }]);
    expect(refusal({ client, db: 1 }).issues).toMatchObject([{ setting: 'client' }]);
  });

  it('a long value is cut short and stays on its line', () => {
    const { message } = refusal({}, { REDIS_PORT: `1\n${'x'.repeat(500)}` });
    expect(message.split('\n')).toHaveLength(2);
    expect(message.length).toBeLessThan(250);
  });
});

describe('section E: the result', () => {
  it('is frozen all the way down', () => {
    const resolved = resolveOptions({ url: 'rediss://:p@h', fallbackPrefixes: ['a:'] }, {});
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      for (const key of Reflect.ownKeys(value)) visit(Reflect.get(value, key));
    };
    visit(resolved);
    expect(Object.isFrozen(resolveOptions({}, {}).sentinels)).toBe(true);
  });

  it('does not freeze what was passed in', () => {
    const fallbackPrefixes = ['a:'];
    const options = { fallbackPrefixes };
    resolveOptions(options, {});
    expect([options, fallbackPrefixes].some((value) => Object.isFrozen(value))).toBe(false);
  });

  it('holds nothing of what the target was made of', () => {
    const resolved = resolveOptions({ url: 'rediss://:hunter2@h', tlsServerName: 'x' }, {});
    expect(
      Object.keys(resolved).filter((key) => /^(url|host|port|username|password|db|tls.*)$/.test(key)),
    ).toEqual([]);
  });

  it('borrows a client as it is', () => {
    const client = { sendCommand: () => undefined, options: { password: 'hunter2' } } as unknown as Redis;
    const resolved = resolveOptions({ client }, {});
    expect(Object.isFrozen(client)).toBe(false);
    expect(`${inspect(resolved, { depth: 9 })} ${JSON.stringify(resolved)}`).not.toContain('hunter2');
  });
});
