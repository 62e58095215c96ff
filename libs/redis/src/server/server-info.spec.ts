import { parseInfo, readMemoryStats } from './server-info.js';

const info = [
  '# Server',
  'redis_version:7.0.15',
  'os:Linux 6.1.0 x86_64',
  'executable:/usr/bin/redis-server',
  'config_file:',
  '',
  '# Clients',
  'connected_clients:3',
  '',
  '# Memory',
  'used_memory:2621440',
  'used_memory_human:2.50M',
  'used_memory_peak_human:3.10M',
  'mem_fragmentation_ratio:1.03',
  '',
  '# Replication',
  'role:master',
  'slave0:ip=10.0.0.2,port=6379,state=online,offset=14,lag=1',
  '',
  '# Keyspace',
  'db0:keys=12,expires=3,avg_ttl=5000',
  '',
].join('\r\n');

describe('A3 getInfo()', () => {
  it('has sections in lower case with fields as Redis names them', () => {
    const parsed = parseInfo(info);
    expect(Object.keys(parsed)).toEqual(['server', 'clients', 'memory', 'replication', 'keyspace']);
    expect(parsed.server).toEqual({
      redis_version: '7.0.15',
      os: 'Linux 6.1.0 x86_64',
      executable: '/usr/bin/redis-server',
      config_file: '',
    });
  });

  it('leaves colons and commas of values as they are', () => {
    const text = '# Server\r\nexecutable:C:\\redis:x\r\n';
    expect(parseInfo(text).server?.executable).toBe('C:\\redis:x');
    expect(parseInfo(info).replication?.slave0).toBe('ip=10.0.0.2,port=6379,state=online,offset=14,lag=1');
    expect(parseInfo(info).keyspace?.db0).toBe('keys=12,expires=3,avg_ttl=5000');
  });

  it('reads lines that end as on Unix, and passes over what is no field', () => {
    expect(parseInfo('# A\nb:1\nno field\n:2\n')).toEqual({ a: { b: '1' } });
  });

  it('of nothing is nothing', () => {
    expect(parseInfo('')).toEqual({});
  });
});

describe('A3 getMemoryStats()', () => {
  it('is memory as a person reads it', () => {
    expect(readMemoryStats(parseInfo(info))).toEqual({ used: '2.50M', peak: '3.10M', fragmentation: '1.03' });
  });

  it('says so where a server does not tell', () => {
    expect(readMemoryStats({})).toEqual({ used: 'unknown', peak: 'unknown', fragmentation: 'unknown' });
  });
});
