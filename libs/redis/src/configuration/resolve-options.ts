import { type ConfigurationIssue, RedisConfigurationError } from '../errors/redis-error.js';
import { resolveTarget } from './connection-target.js';
import { redactUrl } from './redact.js';
import type { RedisModuleOptions, ResolvedRedisOptions } from './redis.options.js';
import type { Setting } from './setting-kinds.js';
import { type SettingName, settings, type SettingValues } from './settings.js';

/** The environment, as far as configuration is concerned. */
export type Environment = Readonly<Record<string, string | undefined>>;

const targetNames: readonly string[] = ['url', 'host', 'port', 'username', 'password', 'db', 'tls'];

function shown(setting: Setting, value: unknown): { value?: string } {
  if (setting.secret === 'all') return {};
  const text = Array.isArray(value) ? value.join(',') : String(value);
  const safe = setting.secret === 'url' ? text.split(',').map(redactUrl).join(',') : text;
  return { value: JSON.stringify(safe.length > 80 ? `${safe.slice(0, 80)}…` : safe) };
}

/**
 * Reads options and environment into one frozen set of options.
 *
 * @throws {RedisConfigurationError} listing every bad setting, its value unless it is secret, and what is
 * accepted
 */
export function resolveOptions(options: RedisModuleOptions, environment: Environment): ResolvedRedisOptions {
  const issues: ConfigurationIssue[] = [];
  const values: Record<string, unknown> = {};
  const inCode = new Set<string>();
  const input = options as Readonly<Record<string, unknown>>;
  const targetInCode = targetNames.some((name) => input[name] !== undefined);

  for (const unknown of Object.keys(options)) {
    if (!(unknown in settings) && unknown !== 'client') {
      issues.push({ setting: unknown, accepted: 'no such option; see RedisModuleOptions' });
    }
  }
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    const fromEnvironment = environment[setting.env];
    let value = input[name];
    if (value !== undefined) inCode.add(name);
    else if (fromEnvironment !== undefined && fromEnvironment !== '') {
      if (!(targetInCode && targetNames.includes(name))) value = setting.fromText(fromEnvironment);
    }
    const parsed = setting.schema.safeParse(value);
    if (parsed.success) values[name] = parsed.data;
    else {
      issues.push({
        setting: inCode.has(name) ? name : setting.env,
        ...shown(setting, value),
        accepted: `accepted is ${setting.accepted}`,
      });
    }
  }
  const named = (name: SettingName): string => (inCode.has(name) ? name : settings[name].env);
  const complete = values as SettingValues;
  if (issues.length === 0) refuseContradictions(complete, named, issues);
  const target = issues.length === 0 ? resolveTarget(complete, named, issues) : undefined;
  if (target === undefined || issues.length > 0) throw new RedisConfigurationError(issues);
  const { url, host, port, username, password, db, tls, ...tuning } = complete;
  void [url, host, port, username, password, db, tls];
  return Object.freeze({
    ...tuning,
    target,
    client: options.client,
    allowFlushDb: complete.allowFlushDb ?? environment.NODE_ENV !== 'production',
  });
}

function refuseContradictions(
  values: SettingValues,
  named: (name: SettingName) => string,
  issues: ConfigurationIssue[],
): void {
  if (values.clusterMode && values.clusterNodes.length === 0 && values.url === undefined) {
    issues.push({
      setting: named('clusterNodes'),
      accepted: 'at least one host:port when cluster mode is on',
    });
  }
  if (values.sentinels.length > 0 && values.sentinelName === undefined) {
    issues.push({
      setting: named('sentinelName'),
      accepted: 'the name of the primary when sentinels are given',
    });
  }
  if (values.reconnectMinDelayMs > values.reconnectMaxDelayMs) {
    issues.push({
      setting: named('reconnectMinDelayMs'),
      accepted: `at most ${named('reconnectMaxDelayMs')}`,
    });
  }
  const missing: Array<[SettingName, boolean]> = [
    ['clusterMode', values.clusterMode],
    ['sentinels', values.sentinels.length > 0],
    ['readReplicas', values.readReplicas || values.readReplicaUrls.length > 0],
    ['poolSize', values.poolSize > 1],
  ];
  for (const [name, wanted] of missing) {
    if (wanted && issues.length === 0) {
      issues.push({ setting: named(name), accepted: 'not available in this version of @holdfast/redis' });
    }
  }
}
