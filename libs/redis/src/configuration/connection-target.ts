import { concealed } from './redact.js';
import type { RedisTarget } from './redis.options.js';
import type { TargetInput } from './target-input.js';
import { resolveTls } from './tls-material.js';
import { parseUrl, type UrlTarget } from './url-target.js';

/**
 * Makes one target of a URL, single settings, or both where they do not contradict each other. A single setting
 * in code comes before the URL of the environment.
 */
export function resolveTarget(input: TargetInput): RedisTarget {
  const { given, named, issues } = input;
  const parsed = given.url === undefined ? {} : parseUrl(given.url);
  if (typeof parsed === 'string') issues.push({ setting: named('url'), accepted: parsed });
  const url: UrlTarget = typeof parsed === 'string' ? {} : { ...parsed };
  const host = given.host?.replace(/^\[(.*)\]$/, '$1');
  for (const name of ['host', 'port', 'username', 'password', 'db', 'tls'] as const) {
    const single = name === 'host' ? host : given[name];
    if (url[name] === undefined || single === undefined) continue;
    if (input.isInCode(name) && !input.isInCode('url')) delete url[name];
    else if (url[name] !== single) {
      issues.push({
        setting: named(name),
        accepted: `contradicts ${named('url')}, which says otherwise: give one of them`,
      });
    }
  }
  const wantsTls = url.tls ?? given.tls ?? false;
  // Nothing can be said about TLS where that very setting is in error.
  const isTlsKnown = typeof parsed !== 'string' && !input.isRefused('url') && !input.isRefused('tls');
  const password = url.password ?? given.password;
  return concealed(
    {
      host: url.host ?? host ?? '127.0.0.1',
      port: url.port ?? given.port ?? 6379,
      username: url.username ?? given.username,
      password,
      db: url.db ?? given.db ?? 0,
      tls: isTlsKnown ? resolveTls(input, wantsTls) : undefined,
    },
    password === undefined ? {} : { password: '***' },
  );
}
