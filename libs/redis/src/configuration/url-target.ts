import { settings } from './settings.js';

/** What a URL says of a target. */
export interface UrlTarget {
  host?: string;
  port?: number;
  username?: string;
  password?: string;
  db?: number;
  tls?: boolean;
}

const encode =
  'percent-encode special characters in user name and password (@ is %40, # is %23, / is %2F, % is %25)';

/**
 * Reads a URL, or says what is wrong with it without quoting it.
 *
 * @param text begins with `redis://` or `rediss://`
 */
export function parseUrl(text: string): UrlTarget | string {
  const port = /:(\d+)(?:[/?#]|$)/.exec(text.slice(text.lastIndexOf('@') + 1))?.[1];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    return 'the port must be from 1 to 65535';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return `not a URL; ${encode}`;
  }
  // A # or / in a password ends the host there, and what follows would silently be ignored.
  if (url.hash !== '' || `${url.pathname}${url.search}`.includes('@')) {
    return `the host must be followed by a port and a database only; ${encode}`;
  }
  if (url.hostname === '') return 'the host is missing';
  const query = [...url.searchParams.keys()];
  if (query.some((name) => name !== 'db') || query.length > 1) {
    return 'of the parameters only ?db= is known, once; everything else has a setting of its own';
  }
  const path = url.pathname.replace(/^\//, '');
  const parameter = url.searchParams.get('db') ?? '';
  if (path !== '' && parameter !== '' && path !== parameter) return 'the path and ?db= name two databases';
  const database = path || parameter;
  if (database !== '' && !(/^\d{1,5}$/.test(database) && Number(database) <= 65_535)) {
    return 'the path must be a database number';
  }
  try {
    const host = decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, '$1'));
    if (!settings.host.accepts(host)) return 'the host is not a host name or address';
    return {
      host,
      ...(url.port ? { port: Number(url.port) } : {}),
      ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
      ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
      ...(database ? { db: Number(database) } : {}),
      // redis:// with REDIS_TLS=true is a wish for TLS, not a contradiction.
      ...(url.protocol === 'rediss:' ? { tls: true } : {}),
    };
  } catch {
    return `a % in it starts no valid sequence; ${encode}`;
  }
}
