import type { Redis } from 'ioredis';

/** What an application can know of a connection. */
export enum RedisConnectionState {
  /** Created, not asked to connect yet. */
  Idle = 'idle',
  /** Connecting for the first time. */
  Connecting = 'connecting',
  /** Commands are sent at once. */
  Connected = 'connected',
  /** It was connected, or a first attempt failed; attempts go on by themselves. */
  Reconnecting = 'reconnecting',
  /** It gave up (`reconnectMaxAttempts`), or was disconnected by its borrower. `connect()` tries again. */
  Disconnected = 'disconnected',
  /** Closed by shutdown, for good. */
  Closed = 'closed',
}

/**
 * Reads the state off the client itself, so that it cannot be out of date: a client that still says `ready`
 * while its socket is gone is not connected.
 */
export function readConnectionState(
  client: Redis,
  history: { everFailed: boolean; everReady: boolean; closed: boolean },
): RedisConnectionState {
  switch (client.status) {
    case 'wait':
      return RedisConnectionState.Idle;
    case 'ready':
      // A borrowed client may be of another implementation that shows no socket.
      return client.stream && !client.stream.writable
        ? RedisConnectionState.Reconnecting
        : RedisConnectionState.Connected;
    case 'end':
      return history.closed ? RedisConnectionState.Closed : RedisConnectionState.Disconnected;
    case 'connecting':
    case 'connect':
      return history.everReady || history.everFailed
        ? RedisConnectionState.Reconnecting
        : RedisConnectionState.Connecting;
    default:
      return RedisConnectionState.Reconnecting;
  }
}
