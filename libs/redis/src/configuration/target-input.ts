import type { ConfigurationIssue } from '../errors/redis-error.js';
import type { SettingName, SettingValues } from './settings.js';

/** What a target is made of. */
export interface TargetInput {
  /** Settings whose value was refused are absent. */
  readonly given: Partial<SettingValues>;
  /** How the user calls a setting: by its variable or by its option. */
  named(name: SettingName): string;
  /** Whether the value of a setting was refused: nothing more is said about it. */
  isRefused(name: SettingName): boolean;
  /** Whether a setting was given in code: two sources cannot contradict each other, code comes first. */
  isInCode(name: SettingName): boolean;
  /** Where complaints go. */
  readonly issues: ConfigurationIssue[];
}
