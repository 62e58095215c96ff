import type { Redis } from 'ioredis';
import { readConnectionState, RedisConnectionState } from './connection-state.js';

const fresh = { everReady: false, everFailed: false, closed: false };
const client = (status: string, stream?: object): Redis => ({ status, stream }) as unknown as Redis;

describe('A3 connection state', () => {
  it('has the six values the interface promises', () => {
    expect(Object.values(RedisConnectionState)).toEqual([
      'idle', 'connecting', 'connected', 'reconnecting', 'disconnected', 'closed',
    ]); // prettier-ignore
  });

  it.each([
    ['wait', 'idle'],
    ['connecting', 'connecting'],
    ['connect', 'connecting'],
    ['ready', 'connected'],
    ['close', 'reconnecting'],
    ['reconnecting', 'reconnecting'],
    ['end', 'disconnected'],
  ])('of a new client with the status %s is %s', (status, state) => {
    expect(readConnectionState(client(status), fresh)).toBe(state);
  });

  it.each(['connecting', 'connect'])(
    'with the status %s is reconnecting once anything came before',
    (status) => {
      expect(readConnectionState(client(status), { ...fresh, everReady: true })).toBe('reconnecting');
      expect(readConnectionState(client(status), { ...fresh, everFailed: true })).toBe('reconnecting');
    },
  );

  it('is not connected while the client still says so and its socket is gone', () => {
    expect(readConnectionState(client('ready', { writable: true }), fresh)).toBe('connected');
    expect(readConnectionState(client('ready', { writable: false }), fresh)).toBe('reconnecting');
  });

  it('is closed, not disconnected, after shutdown', () => {
    expect(readConnectionState(client('end'), { ...fresh, closed: true })).toBe('closed');
  });
});
