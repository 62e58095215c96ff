import { readServerReport } from './server-report.js';

describe('server report (C4)', () => {
  it('picks out what tells how a server is', () => {
    expect(
      readServerReport({
        server: { redis_version: '7.0.15', uptime_in_seconds: '12' },
        memory: {
          used_memory_human: '2.5M',
          used_memory_peak_human: '3.1M',
          mem_fragmentation_ratio: '1.03',
          maxmemory_human: '0B',
        },
        clients: { connected_clients: '5', blocked_clients: '1' },
        replication: { role: 'master' },
      }),
    ).toEqual({
      role: 'master',
      version: '7.0.15',
      uptimeSeconds: 12,
      memory: { used: '2.5M', peak: '3.1M', fragmentation: '1.03', max: '0B' },
      clients: { connected: 5, blocked: 1 },
    });
  });

  it('leaves out what a server does not tell', () => {
    expect(readServerReport({ clients: { connected_clients: '?' } })).toEqual({ memory: {}, clients: {} });
  });
});
