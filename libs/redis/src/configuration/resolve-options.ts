import { type ConfigurationIssue, RedisConfigurationError } from '../errors/redis-error.js';
import { resolveTarget } from './connection-target.js';
import { refuseContradictions } from './contradictions.js';
import { closestOption } from './option-names.js';
import { concealed, redactUrl, redactUrls } from './redact.js';
import type { RedisModuleOptions, ResolvedRedisOptions } from './redis.options.js';
import type { Setting } from './setting-kinds.js';
import { type SettingName, settings, type SettingValues } from './settings.js';

/** The environment, as far as configuration is concerned. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where Redis is: one of these in code starts a target that takes nothing of the environment's. */
const placeNames: readonly string[] = ['url', 'host', 'port'];
/** Who we are there and how: in code they replace that part of the environment's target. */
const accessNames: readonly string[] = ['username', 'password', 'db', 'tls'];
const targetNames: readonly string[] = [...placeNames, ...accessNames];

/**
 * Reads options and environment into one frozen set of options.
 *
 * @throws {RedisConfigurationError} listing every bad setting, its value unless it is secret, and what is
 * accepted
 */
export function resolveOptions(options: RedisModuleOptions, environment: Environment): ResolvedRedisOptions {
  const issues: ConfigurationIssue[] = [];
  const input = toInput(options, issues);
  const values: Record<string, unknown> = {};
  const inCode = new Set<string>();
  const refused = new Set<string>();
  const isOwnTarget = placeNames.some((name) => input[name] !== undefined);

  for (const [name, setting] of Object.entries<Setting>(settings)) {
    if (input[name] !== undefined) inCode.add(name);
    const inherits = !inCode.has(name) && !(isOwnTarget && targetNames.includes(name));
    const variable = inherits ? environment[setting.env] || undefined : undefined;
    const given = variable === undefined ? input[name] : setting.fromText(variable);
    if (given === undefined || setting.accepts(given)) {
      const value = given === undefined ? setting.byDefault : given;
      values[name] = Array.isArray(value) ? Object.freeze([...(value as unknown[])]) : value;
      continue;
    }
    refused.add(name);
    issues.push({
      setting: inCode.has(name) ? name : setting.env,
      ...shown(setting, variable ?? input[name]),
      accepted: `accepted is ${setting.accepted}`,
    });
  }
  const given = values as Partial<SettingValues>;
  const context = {
    given,
    issues,
    named: (name: SettingName) => (inCode.has(name) ? name : settings[name].env),
    isRefused: (name: SettingName) => refused.has(name),
    isInCode: (name: SettingName) => inCode.has(name),
  };
  refuseContradictions(context);
  const target = resolveTarget(context);
  if (input.client !== undefined && targetNames.some((name) => inCode.has(name))) {
    issues.push({
      setting: 'client',
      accepted: 'either a client of your own or a target to connect to, not both',
    });
  }
  if (issues.length > 0) throw new RedisConfigurationError(issues);

  const tuning = Object.fromEntries(
    Object.entries(values).filter(([name]) => !targetNames.includes(name) && !name.startsWith('tls')),
  ) as Omit<ResolvedRedisOptions, 'target' | 'client' | 'allowFlushDb'>;
  return concealed<ResolvedRedisOptions>(
    {
      ...tuning,
      target,
      client: options.client,
      allowFlushDb: given.allowFlushDb ?? environment.NODE_ENV !== 'production',
    },
    {
      readReplicaUrls: tuning.readReplicaUrls.map(redactUrl),
      client: options.client && '[client]',
    },
  );
}

/** The options as a record, with everything in it that is no option refused. */
function toInput(options: unknown, issues: ConfigurationIssue[]): Readonly<Record<string, unknown>> {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    issues.push({ setting: 'RedisModule', accepted: `options must be an object, not ${describe(options)}` });
    return {};
  }
  const input = options as Record<string, unknown>;
  for (const name of Object.keys(input)) {
    if (Object.hasOwn(settings, name) || name === 'client') continue;
    const meant = closestOption(name);
    issues.push({
      setting: name,
      accepted: `no such option${meant === undefined ? '; docs/configuration.md lists them' : `; did you mean ${meant}?`}`,
    });
  }
  if (input.client !== undefined && !isClient(input.client)) {
    issues.push({
      setting: 'client',
      accepted: `accepted is an ioredis client, not ${describe(input.client)}`,
    });
  }
  return input;
}

/** By shape: a client may come from another copy of ioredis than ours. */
function isClient(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sendCommand' in value &&
    typeof value.sendCommand === 'function'
  );
}

/** The value of a bad setting, as far as it may be shown: PEM text and user information never are. */
function shown(setting: Setting, value: unknown): { value?: string } {
  if (setting.secret === 'all') return {};
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (typeof value !== 'string' && !isList) return { value: describe(value) };
  const text = isList ? value.join(',') : (value as string);
  if (text.includes('-----BEGIN')) return {};
  // A URL with a password may have been put where something else belongs.
  const mayHoldSecret = setting.secret === 'url' || text.includes('@') || text.includes('://');
  const safe = mayHoldSecret ? redactUrls(text) : text;
  return { value: JSON.stringify(safe.length > 80 ? `${safe.slice(0, 80)}…` : safe) };
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value === null || ['number', 'bigint', 'boolean', 'undefined'].includes(typeof value))
    return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
