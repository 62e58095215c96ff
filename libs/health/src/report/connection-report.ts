import {
  classifyError,
  type ConnectionSnapshot,
  type RedisConnectionRole,
  RedisConnectionState,
} from '@holdfast/redis';

/** Why a connection is not usable. Made of classes of errors, never of their text, which may hold secrets. */
export interface RedisConnectionTrouble {
  /** Stable name, e.g. `ECONNREFUSED`, `WRONGPASS`, `HALF_OPEN`. */
  readonly kind: string;
  /** What to do about it. */
  readonly advice: string;
}

/** A connection of this process as a health check shows it. */
export interface RedisConnectionReport {
  /** Name in `CLIENT LIST`. */
  readonly name: string;
  readonly role: RedisConnectionRole;
  readonly state: RedisConnectionState;
  /** Times it was usable again after it had been lost. */
  readonly reconnects: number;
  /** Commands that wait for the connection. */
  readonly waiting: number;
  /** Absent while it is usable. */
  readonly lastError?: RedisConnectionTrouble;
}

/** Says of a connection what may be shown. */
export function reportConnection(snapshot: ConnectionSnapshot): RedisConnectionReport {
  const trouble = troubleOf(snapshot);
  return {
    name: snapshot.name,
    role: snapshot.role,
    state: snapshot.state,
    reconnects: snapshot.reconnects,
    waiting: snapshot.waitingCommands,
    ...(trouble ? { lastError: trouble } : {}),
  };
}

/** Which connection, and where to. */
export function describeConnection({ name, host, port }: ConnectionSnapshot): string {
  return `${name} (${host}:${port})`;
}

/** What is wrong with a connection that is not usable, and what to do. */
export function describeTrouble(snapshot: ConnectionSnapshot): string {
  const trouble = troubleOf(snapshot);
  const what = `${describeConnection(snapshot)} is ${snapshot.state}`;
  if (trouble) return `${what} (${trouble.kind}). ${trouble.advice}`;
  const advice = withoutError[snapshot.state];
  return advice === undefined ? `${what}.` : `${what}. ${advice}`;
}

const withoutError: Partial<Record<RedisConnectionState, string>> = {
  [RedisConnectionState.Idle]: 'Nothing has asked it to connect yet: call connect().',
  [RedisConnectionState.Connecting]: 'The application has just started; look again in a moment.',
  [RedisConnectionState.Reconnecting]: 'The connection was closed; it is made anew by itself.',
  [RedisConnectionState.Disconnected]: 'It does not try any more: call connect().',
  [RedisConnectionState.Closed]: 'The application is shutting down.',
};

function troubleOf({ state, lastError }: ConnectionSnapshot): RedisConnectionTrouble | undefined {
  if (lastError === undefined || state === RedisConnectionState.Connected) return undefined;
  const { kind, advice } = classifyError(lastError);
  return { kind, advice };
}
