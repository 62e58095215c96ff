import { aclFileText, serverConfiguration } from './server-configuration.js';
import { serverFiles } from './server-files.js';

const files = serverFiles('/tmp/a "b"');
const linesOf = (...args: Parameters<typeof serverConfiguration>) => serverConfiguration(...args).split('\n');

describe('serverConfiguration (F3)', () => {
  it('lets directives override defaults but not the port and the folder', () => {
    const lines = linesOf({ directives: { save: ['60 1', '10 100'], port: 1, maxmemory: '' } }, 7000, files);
    expect(lines.indexOf('save 60 1')).toBeGreaterThan(lines.indexOf('save ""'));
    expect(lines).toContain('save 10 100');
    expect(lines).toContain('maxmemory ""');
    expect(lines.lastIndexOf('port 7000')).toBeGreaterThan(lines.indexOf('port 1'));
    expect(lines).toContain('dir "/tmp/a \\"b\\""');
  });

  it('takes directives as lines, too', () => {
    expect(linesOf({ directives: ['maxclients 10'] }, 7000, files)).toContain('maxclients 10');
  });

  it('gives the port to TLS alone', () => {
    const tls = { certFile: '/c', keyFile: '/k', caFile: '/ca', authClients: 'optional' } as const;
    const lines = linesOf({ tls }, 7000, files);
    expect(lines).toEqual(
      expect.arrayContaining(['port 0', 'tls-port 7000', 'tls-cert-file "/c"', 'tls-auth-clients optional']),
    );
    expect(linesOf({ tls: { ...tls, authClients: true } }, 7000, files)).toContain('tls-auth-clients yes');
  });

  it('puts the password where Redis reads it', () => {
    expect(linesOf({ password: 'a"b' }, 7000, files)).toContain('requirepass "a\\"b"');
    expect(serverConfiguration({ password: 'x', acl: [] }, 7000, files)).not.toContain('requirepass');
    expect(aclFileText(['user app on'], 'x')).toBe('user default on >x ~* &* +@all\nuser app on\n');
    expect(aclFileText(['user default off'], 'x')).toBe('user default off\n');
  });
});
