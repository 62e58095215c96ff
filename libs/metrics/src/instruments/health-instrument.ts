import { RedisConnectionState } from '@holdfast/redis';
import type { MetricsInstrument } from './instrument.js';

/** Whether Redis can be used, and what deserves a look although it can. */
export const healthInstrument: MetricsInstrument = ({ series, services }) => {
  series.gauge({
    name: 'holdfast_redis_up',
    help: '1 while calls are sent: the shared connection is usable and the circuit closed. Else 0.',
    labelNames: ['registration'],
    read: (set) => {
      for (const { registration, redis } of services) {
        const isUp =
          redis.getConnectionState() === RedisConnectionState.Connected &&
          redis.circuitBreaker.state === 'closed';
        set({ registration }, Number(isUp));
      }
    },
  });

  const checks = series.gauge({
    name: 'holdfast_redis_health_check_success',
    help: '1 when the last PING of the health monitor was answered, else 0; nothing before the first one.',
    labelNames: ['registration'],
  });
  const cycling = series.counter({
    name: 'holdfast_redis_cycling_reports_total',
    help: 'Reports of connections that are made again and again in a short time.',
    labelNames: ['registration'],
  });
  const servers = series.counter({
    name: 'holdfast_redis_server_changes_total',
    help: 'Times another run of the server was found behind the address; its data may be others.',
    labelNames: ['registration'],
  });
  for (const { registration, redis } of services) {
    cycling.inc({ registration }, 0);
    servers.inc({ registration }, 0);
    series.follow(redis.events, 'health', ({ healthy }) => checks.set({ registration }, Number(healthy)));
    series.follow(redis.events, 'cycling', () => cycling.inc({ registration }));
    series.follow(redis.events, 'server', () => servers.inc({ registration }));
  }
};
