import type { ServerFiles } from './server-files.js';
import type { DirectiveValue, RedisServerOptions } from './redis-server.options.js';

/** The text of `redis.conf`: defaults first, what was asked for next, what must not be changed last. */
export function serverConfiguration(options: RedisServerOptions, port: number, files: ServerFiles): string {
  const hasAcl = options.acl !== undefined || options.aclFile !== undefined;
  return [
    'bind 127.0.0.1',
    'protected-mode no',
    'save ""',
    `appendonly ${yesNo(options.persistence ?? false)}`,
    // What was written survives the process without fsync; only a crash of the machine would need it.
    'appendfsync no',
    ...directiveLines(options.directives),
    ...(hasAcl ? [`aclfile ${quote(files.acl)}`] : []),
    ...(options.password !== undefined && !hasAcl ? [`requirepass ${quote(options.password)}`] : []),
    ...portLines(options, port),
    `unixsocket ${quote(files.socket)}`,
    `dir ${quote(files.folder)}`,
    `logfile ${quote(files.log)}`,
    'daemonize no',
    '',
  ].join('\n');
}

/** The text of the ACL file. Redis ignores `requirepass` beside one, so the password becomes a rule. */
export function aclFileText(rules: readonly string[], password: string | undefined): string {
  const namesDefault = rules.some((rule) => /^\s*user\s+default\s/i.test(rule));
  const forDefault =
    password === undefined || namesDefault ? [] : [`user default on >${password} ~* &* +@all`];
  return [...forDefault, ...rules, ''].join('\n');
}

function portLines({ tls }: RedisServerOptions, port: number): string[] {
  if (!tls) return [`port ${port}`];
  return [
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file ${quote(tls.certFile)}`,
    `tls-key-file ${quote(tls.keyFile)}`,
    `tls-ca-cert-file ${quote(tls.caFile)}`,
    `tls-auth-clients ${tls.authClients === 'optional' ? 'optional' : yesNo(tls.authClients ?? false)}`,
  ];
}

function directiveLines(directives: RedisServerOptions['directives'] = []): string[] {
  if (isLines(directives)) return [...directives];
  return Object.entries(directives).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one: DirectiveValue) => `${name} ${directiveValue(one)}`),
  );
}

function isLines(directives: NonNullable<RedisServerOptions['directives']>): directives is readonly string[] {
  return Array.isArray(directives);
}

function directiveValue(value: DirectiveValue): string {
  if (typeof value === 'boolean') return yesNo(value);
  return value === '' ? '""' : String(value);
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function quote(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
