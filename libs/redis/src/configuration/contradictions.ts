import type { SettingName } from './settings.js';
import type { TargetInput } from './target-input.js';

/** Complains about settings that are fine by themselves and do not go together. */
export function refuseContradictions({ given, named, isRefused, issues }: TargetInput): void {
  const sound = (...names: SettingName[]): boolean => !names.some(isRefused);
  const complain = (name: SettingName, accepted: string): void => {
    issues.push({ setting: named(name), accepted });
  };
  const { clusterMode, clusterNodes = [], sentinels = [], readReplicaUrls = [] } = given;

  if (clusterMode && clusterNodes.length === 0 && given.url === undefined && sound('clusterNodes', 'url')) {
    complain('clusterNodes', 'at least one host:port when cluster mode is on');
  }
  if (clusterNodes.length > 0 && !clusterMode && sound('clusterMode')) {
    complain('clusterNodes', 'only together with cluster mode: set REDIS_CLUSTER_MODE=true');
  }
  if (sentinels.length > 0 && given.sentinelName === undefined && sound('sentinelName')) {
    complain('sentinelName', 'the name of the primary when sentinels are given');
  }
  if (given.sentinelName !== undefined && sentinels.length === 0 && sound('sentinels')) {
    complain('sentinels', 'at least one host:port when the name of a primary is given');
  }
  const { reconnectMinDelayMs: least = 0, reconnectMaxDelayMs: most = Infinity } = given;
  if (least > most) {
    complain('reconnectMinDelayMs', `is ${least}, at most ${named('reconnectMaxDelayMs')}, which is ${most}`);
  }
  const missing: Array<[SettingName, boolean]> = [
    ['clusterMode', clusterMode === true],
    ['sentinels', sentinels.length > 0],
    ['readReplicas', given.readReplicas === true],
    ['readReplicaUrls', readReplicaUrls.length > 0],
    ['poolSize', (given.poolSize ?? 1) > 1],
  ];
  for (const [name, wanted] of missing) {
    if (wanted) complain(name, 'not available in this version of @holdfast/redis');
  }
}
