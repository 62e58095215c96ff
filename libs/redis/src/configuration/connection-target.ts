import { readFileSync } from 'node:fs';
import type { ConfigurationIssue } from '../errors/redis-error.js';
import type { RedisTarget, RedisTls } from './redis.options.js';
import type { SettingValues } from './settings.js';

type Given = Pick<
  SettingValues,
  | 'url' | 'host' | 'port' | 'username' | 'password' | 'db' | 'tls'
  | 'tlsCa' | 'tlsCaFile' | 'tlsCertFile' | 'tlsKeyFile' | 'tlsServerName' | 'tlsInsecureSkipVerify'
>; // prettier-ignore

interface FromUrl {
  host?: string;
  port?: number;
  username?: string;
  password?: string;
  db?: number;
  tls?: boolean;
}

function parseUrl(text: string): FromUrl | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'not a URL; percent-encode special characters in the password';
  }
  const database = url.pathname.replace(/^\//, '') || url.searchParams.get('db') || '';
  if (database !== '' && !/^\d{1,5}$/.test(database)) return 'the path must be a database number';
  if (url.hostname === '') return 'the host is missing';
  return {
    host: decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, '$1')),
    ...(url.port ? { port: Number(url.port) } : {}),
    ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
    ...(database ? { db: Number(database) } : {}),
    // redis:// with REDIS_TLS=true is a wish for TLS, not a contradiction.
    ...(url.protocol === 'rediss:' ? { tls: true } : {}),
  };
}

function readTls(
  given: Given,
  wanted: boolean,
  named: (name: keyof Given) => string,
  issues: ConfigurationIssue[],
) {
  const material = ['tlsCa', 'tlsCaFile', 'tlsCertFile', 'tlsKeyFile', 'tlsServerName'] as const;
  if (!wanted) {
    for (const name of material) {
      if (given[name] !== undefined) {
        issues.push({
          setting: named(name),
          accepted: 'only together with TLS: use rediss:// or set REDIS_TLS=true',
        });
      }
    }
    return undefined;
  }
  if (given.tlsCa !== undefined && given.tlsCaFile !== undefined) {
    issues.push({ setting: named('tlsCa'), accepted: `either this or ${named('tlsCaFile')}, not both` });
  }
  if ((given.tlsCertFile === undefined) !== (given.tlsKeyFile === undefined)) {
    issues.push({
      setting: named(given.tlsCertFile === undefined ? 'tlsCertFile' : 'tlsKeyFile'),
      accepted: 'a client certificate needs both the certificate and its key',
    });
  }
  const ca = given.tlsCa ?? (given.tlsCaFile && readFileSync(given.tlsCaFile, 'utf8'));
  const tls: RedisTls = {
    rejectUnauthorized: !given.tlsInsecureSkipVerify,
    ...(ca ? { ca } : {}),
    ...(given.tlsCertFile ? { cert: readFileSync(given.tlsCertFile, 'utf8') } : {}),
    ...(given.tlsKeyFile ? { key: readFileSync(given.tlsKeyFile, 'utf8') } : {}),
    ...(given.tlsServerName ? { servername: given.tlsServerName } : {}),
  };
  return Object.freeze(tls);
}

/**
 * Makes one target of a URL, single settings, or both where they do not contradict each other.
 *
 * @param named how the user calls a setting: by its variable or by its option
 */
export function resolveTarget(
  given: Given,
  named: (name: keyof Given) => string,
  issues: ConfigurationIssue[],
): RedisTarget {
  const parsed = given.url === undefined ? {} : parseUrl(given.url);
  if (typeof parsed === 'string') issues.push({ setting: named('url'), accepted: parsed });
  const url: FromUrl = typeof parsed === 'string' ? {} : parsed;
  if (url.port === 0) issues.push({ setting: named('url'), accepted: 'a port from 1 to 65535' });
  for (const name of ['host', 'port', 'username', 'password', 'db', 'tls'] as const) {
    if (url[name] !== undefined && given[name] !== undefined && url[name] !== given[name]) {
      issues.push({
        setting: named(name),
        accepted: `contradicts ${named('url')}, which says otherwise: give one of them`,
      });
    }
  }
  return Object.freeze({
    host: url.host ?? given.host ?? '127.0.0.1',
    port: url.port ?? given.port ?? 6379,
    username: url.username ?? given.username,
    password: url.password ?? given.password,
    db: url.db ?? given.db ?? 0,
    tls: readTls(given, url.tls ?? given.tls ?? false, named, issues),
  });
}
