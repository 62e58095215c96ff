import {
  type ConnectionSnapshot,
  type ConnectionTotals,
  RedisConnectionState,
  type RedisService,
} from '@holdfast/redis';
import type { MetricsInstrument } from './instrument.js';

/** Connections: how many in which state, what they did, what waits for them. */
export const connectionInstrument: MetricsInstrument = ({ series, services }) => {
  series.gauge({
    name: 'db_client_connection_count',
    help: 'Connections by role and state.',
    labelNames: ['db_system_name', 'registration', 'role', 'state'],
    read: (set) => {
      for (const { registration, redis } of services) {
        for (const [role, connections] of byRole(redis)) {
          for (const state of Object.values(RedisConnectionState)) {
            const count = connections.filter((connection) => connection.state === state).length;
            set({ db_system_name: 'redis', registration, role, state }, count);
          }
        }
      }
    },
  });

  const waiting = {
    db_client_connection_pending_requests: {
      help: 'Commands that wait for their connection.',
      of: ({ waitingCommands }: ConnectionSnapshot) => waitingCommands,
    },
    db_client_connection_pending_bytes: {
      help: 'Bytes of the commands that wait for their connection.',
      of: ({ waitingBytes }: ConnectionSnapshot) => waitingBytes,
    },
  };
  for (const [name, { help, of }] of Object.entries(waiting)) {
    series.gauge({
      name,
      help,
      labelNames: ['db_system_name', 'registration', 'role'],
      read: (set) => {
        for (const { registration, redis } of services) {
          for (const [role, connections] of byRole(redis)) {
            const sum = connections.reduce((total, connection) => total + of(connection), 0);
            set({ db_system_name: 'redis', registration, role }, sum);
          }
        }
      },
    });
  }

  const totals = {
    holdfast_redis_connection_attempts_total: {
      help: 'Attempts to connect.',
      of: ({ connectionAttempts }: ConnectionTotals) => connectionAttempts,
    },
    holdfast_redis_connection_reconnects_total: {
      help: 'Times a connection was usable again after it had been lost.',
      of: ({ reconnects }: ConnectionTotals) => reconnects,
    },
    holdfast_redis_commands_sent_total: {
      help: 'Commands written to a socket, by whomever.',
      of: ({ commandsSent }: ConnectionTotals) => commandsSent,
    },
    holdfast_redis_error_replies_total: {
      help: 'Replies of Redis that were errors.',
      of: ({ commandsFailed }: ConnectionTotals) => commandsFailed,
    },
  };
  for (const [name, { help, of }] of Object.entries(totals)) {
    series.counter({
      name,
      help,
      labelNames: ['registration', 'role'],
      read: (set) => {
        for (const { registration, redis } of services) {
          for (const [role, total] of redis.getConnectionTotals()) set({ registration, role }, of(total));
        }
      },
    });
  }
};

/** Roles that had a connection once are shown with zeros, so that nothing disappears. */
function byRole(redis: RedisService): Map<string, ConnectionSnapshot[]> {
  const connections = redis.getConnections();
  const roles = [...redis.getConnectionTotals().keys()];
  return new Map(roles.map((role) => [role, connections.filter((connection) => connection.role === role)]));
}
