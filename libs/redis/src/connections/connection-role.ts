/** What a connection is for. It decides about deadlines, retries, key prefix and blocking commands. */
export type RedisConnectionRole = 'shared' | 'subscriber' | 'bull' | 'duplicate';

/** How the connections of a role behave. */
export interface RoleRules {
  /** Several borrowers use it: commands that would block it, or change its state, for the others are refused. */
  readonly isShared: boolean;
  /** Commands wait without limit of time or attempts, as BullMQ needs it. */
  readonly waitsForEver: boolean;
  /** The key prefix of the options applies. BullMQ has its own and throws when it meets one. */
  readonly keyPrefix: boolean;
  /** Auto-pipelining of the options applies. */
  readonly autoPipelining: boolean;
}

export const roleRules: Readonly<Record<RedisConnectionRole, RoleRules>> = {
  shared: { isShared: true, waitsForEver: false, keyPrefix: true, autoPipelining: true },
  subscriber: { isShared: true, waitsForEver: false, keyPrefix: true, autoPipelining: false },
  bull: { isShared: false, waitsForEver: true, keyPrefix: false, autoPipelining: false },
  duplicate: { isShared: false, waitsForEver: false, keyPrefix: true, autoPipelining: false },
};
