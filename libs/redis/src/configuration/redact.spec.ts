import { inspect } from 'node:util';
import * as fc from 'fast-check';
import type { RedisModuleOptions } from './redis.options.js';
import { concealed, redactUrl, redactUrls } from './redact.js';
import { type Environment, resolveOptions } from './resolve-options.js';

const pem = '-----BEGIN PRIVATE KEY-----\nhunter2hunter2\n-----END PRIVATE KEY-----';

describe('section E: redaction of a URL', () => {
  it.each([
    ['redis://h', 'redis://h'],
    ['redis://h:7000/1', 'redis://h:7000/1'],
    ['redis://[::1]:7000?db=1', 'redis://[::1]:7000?db=1'],
    ['http://x', 'http://x'],
    ['localhost:6379', 'localhost:6379'],
    ['redis://me:hunter2@h:7000/abc', 'redis://***@h:7000/abc'],
    ['redis://:hun@ter2@h', 'redis://***@h'],
    ['redis://:hunter2#x@h', 'redis://***@h'],
    ['redis://:x/hunter2@h', 'redis://***@h'],
    ['redis://:hunter2\n@h', 'redis://***@h'],
    ['redis://:x@hunter2!', 'redis://***@***'],
    ['redis://:x@y#hunter2', 'redis://***@***'],
    ['redis://:hunter2', 'redis://***'],
    ['redis://me:hunter2', 'redis://***'],
    ['me:hunter2', '***'],
    ['me:hunter2@h', '***@h'],
    ['redis://h?password=hunter2', 'redis://***'],
  ])('%p is shown as %s', (text, shown) => {
    expect(redactUrl(text)).toBe(shown);
  });

  it('of several keeps them apart while none holds user information', () => {
    expect(redactUrls('redis://a:1,http://b')).toBe('redis://a:1,http://b');
    expect(redactUrls('redis://a,redis://:hunter2')).toBe('redis://a,redis://***');
    expect(redactUrls('redis://:hunt,er2@a,redis://:hunter2@b')).toBe('redis://***@b');
  });

  it('lets no password out, whatever characters it has', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (noise) => {
        const shown = redactUrl(`redis://me:${noise}hunter2${noise}@host:1`);
        expect(shown).toBe('redis://***@host:1');
      }),
    );
  });
});

describe('section E: secrets never show', () => {
  const bad: ReadonlyArray<[string, RedisModuleOptions, Environment]> = [
    ['a URL of another scheme', {}, { REDIS_URL: 'http://:hunter2@h' }],
    ['a URL with a # in the password', {}, { REDIS_URL: 'redis://:a#hunter2@h' }],
    ['a URL with a / in the password', {}, { REDIS_URL: 'redis://:a/hunter2@h' }],
    ['a URL with an @ in the password', {}, { REDIS_URL: 'redis://:a@hunter2@h/db' }],
    ['a URL with a comma in the password', {}, { REDIS_URL: 'http://:hunter2,b@h' }],
    ['a URL with a malformed percent sequence', {}, { REDIS_URL: 'redis://:hunter2%zz@h' }],
    ['a URL without host', {}, { REDIS_URL: 'http://:hunter2' }],
    ['a URL in code', { url: 'redi://:hunter2@h' }, {}],
    ['a URL as host', {}, { REDIS_HOST: 'redis://:hunter2@h' }],
    ['a URL as port', {}, { REDIS_PORT: 'redis://:hunter2' }],
    ['URLs as nodes', {}, { REDIS_CLUSTER_NODES: 'a:1,redis://:hunter2@b:1' }],
    ['URLs of replicas', {}, { REDIS_READ_REPLICA_URLS: 'redis://:hunter2@a,http://b' }],
    ['URLs of replicas in code', { readReplicaUrls: ['http://:hunter2@a', 'redis://:hunter2@b'] }, {}],
    ['a password of the wrong type', { password: { hunter2: 'hunter2' } as never }, {}],
    ['a list of passwords', { password: ['hunter2'] as never }, {}],
    ['contradicting passwords', {}, { REDIS_URL: 'redis://:hunter2@h', REDIS_PASSWORD: 'hunter2x' }],
    ['a key where its path belongs', {}, { REDIS_TLS: '1', REDIS_TLS_KEY_FILE: pem }],
    ['a key where a CA belongs', {}, { REDIS_TLS: '1', REDIS_TLS_CA: pem }],
    ['an error elsewhere', { password: 'hunter2', url: 'redis://h', port: 0 }, {}],
  ];

  it.each(bad)('in the error about %s', (_, options, environment) => {
    let error: unknown;
    try {
      resolveOptions(options, environment);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'REDIS_CONFIGURATION' });
    const printed = [String(error), inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error)];
    expect(printed.join()).not.toMatch(/hunter2/);
  });

  it('in what is printed of the options, by accident or not', () => {
    const resolved = resolveOptions({ url: 'rediss://me:hunter2@h' }, {});
    const printed = `${inspect(resolved, { depth: 9 })} ${JSON.stringify(resolved)} ${inspect(resolved.target)}`;
    expect(printed).not.toContain('hunter2');
    expect(printed).toContain('***');
    expect(printed).toContain('commandTimeoutMs');
    expect(resolved.target.password).toBe('hunter2');
  });

  it('but are all there for whoever reads or spreads the object', () => {
    const tls = concealed({ key: 'hunter2', name: 'x' }, { key: '***' });
    expect({ ...tls }).toEqual({ key: 'hunter2', name: 'x' });
    expect(inspect(tls)).toBe("{ key: '***', name: 'x' }");
    expect(Object.isFrozen(tls)).toBe(true);
  });
});
