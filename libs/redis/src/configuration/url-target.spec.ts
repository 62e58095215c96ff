import * as fc from 'fast-check';
import { parseUrl } from './url-target.js';

describe('D1 the URL of a target', () => {
  it.each([
    ['redis://h', { host: 'h' }],
    ['redis://h/', { host: 'h' }],
    ['redis://h:7000/3', { host: 'h', port: 7000, db: 3 }],
    ['redis://h?db=4', { host: 'h', db: 4 }],
    ['redis://h/4?db=4', { host: 'h', db: 4 }],
    ['redis://:secret@h', { host: 'h', password: 'secret' }],
    ['redis://me@h', { host: 'h', username: 'me' }],
    ['redis://me:@h', { host: 'h', username: 'me' }],
    ['redis://me:se:cret@h', { host: 'h', username: 'me', password: 'se:cret' }],
    ['redis://:p%40%23%2F%25@h', { host: 'h', password: 'p@#/%' }],
    ['redis://:se@cret@h', { host: 'h', password: 'se@cret' }],
    ['redis://[::1]:7000/1', { host: '::1', port: 7000, db: 1 }],
    ['redis://:p@[fe80::1]', { host: 'fe80::1', password: 'p' }],
    ['redis://127.0.0.1', { host: '127.0.0.1' }],
    ['redis://h:7000\n', { host: 'h', port: 7000 }],
    ['rediss://h', { host: 'h', tls: true }],
  ])('%s is understood', (text, expected) => {
    expect(parseUrl(text)).toEqual(expected);
  });

  it.each([
    ['redis://h:0', 'the port must be from 1 to 65535'],
    ['redis://h:70000', 'the port must be from 1 to 65535'],
    ['redis://:secret@h:70000/1', 'the port must be from 1 to 65535'],
    ['redis://h/abc', 'the path must be a database number'],
    ['redis://h/-1', 'the path must be a database number'],
    ['redis://h/99999', 'the path must be a database number'],
    ['redis://h/1/2', 'the path must be a database number'],
    ['redis://h/1?db=2', 'two databases'],
    ['redis://h?tls=true', 'only ?db= is known'],
    ['redis://h?db=1&db=2', 'only ?db= is known'],
    ['redis://:secret@', 'not a URL'],
    ['redis://a b', 'not a URL'],
    ['redis://a%20b', 'the host is not a host name'],
    ['redis://:%zz@h', 'a % in it starts no valid sequence'],
    ['redis://:100%@h', 'a % in it starts no valid sequence'],
    ['redis://:%ff@h', 'a % in it starts no valid sequence'],
    ['redis://:se#cret@h', 'percent-encode special characters'],
    ['redis://:se/cret@h', 'percent-encode special characters'],
    ['redis://:se?cret@h', 'percent-encode special characters'],
    ['redis://ann:12#cret@h', 'percent-encode special characters'],
    ['redis://ann:12/cret@h', 'percent-encode special characters'],
    ['redis://ann:12?cret@h', 'percent-encode special characters'],
  ])('%s is refused with a reason that quotes nothing of it', (text, reason) => {
    const answer = parseUrl(text);
    expect(answer).toEqual(expect.stringContaining(reason));
    expect(answer).not.toMatch(/cret|ann|zz|secret/);
  });

  it('gives back any user name and password that was percent-encoded', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.string({ minLength: 1 }),
        (username, password) => {
          const text = `redis://${encodeURIComponent(username)}:${encodeURIComponent(password)}@h:1`;
          expect(parseUrl(text)).toEqual({ host: 'h', port: 1, username, password });
        },
      ),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['string', 'object']).toContain(typeof parseUrl(`redis://${text}`));
      }),
    );
  });
});
