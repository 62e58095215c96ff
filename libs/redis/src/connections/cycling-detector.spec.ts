import { CyclingDetector, type CyclingReport } from './cycling-detector.js';

function connect(
  detector: CyclingDetector,
  times: number,
  { from = 0, everyMs = 100, name = 'app:shared', distinct = 1 } = {},
) {
  const reports: CyclingReport[] = [];
  for (let index = 0; index < times; index++) {
    const report = detector.connected(name, from + index * everyMs, distinct);
    if (report) reports.push(report);
  }
  return reports;
}

describe('A13 cycling detector', () => {
  it('reports connections that are made again and again, with causes in the order in which to look', () => {
    const [report, ...more] = connect(new CyclingDetector(), 20);
    expect(more).toEqual([]);
    expect(report).toMatchObject({ connects: 13, windowMs: 30_000, connection: 'app:shared' });
    expect(report?.causes).toEqual([
      expect.stringContaining('Redis restarts'),
      expect.stringContaining('REDIS_HEARTBEAT_INTERVAL'),
      expect.stringContaining('maxclients'),
      expect.stringContaining('duplicate()'),
    ]);
  });

  it('says nothing of a start with many connections, nor of their return after an outage', () => {
    const detector = new CyclingDetector();
    expect(connect(detector, 40, { everyMs: 0, distinct: 40 })).toEqual([]);
    expect(connect(detector, 40, { everyMs: 0, from: 5_000, distinct: 40 })).toEqual([]);
  });

  it('says nothing of connects that are far apart', () => {
    expect(connect(new CyclingDetector(), 1_000, { everyMs: 3_000 })).toEqual([]);
  });

  it('forgets connects that were more than half a minute ago', () => {
    const detector = new CyclingDetector();
    expect(connect(detector, 12)).toEqual([]);
    expect(connect(detector, 12, { from: 31_200 })).toEqual([]);
    expect(connect(detector, 1, { from: 32_500 })).toHaveLength(1);
  });

  it('names the connection that was made most often', () => {
    const detector = new CyclingDetector();
    connect(detector, 4, { name: 'app:shared' });
    const [report] = connect(detector, 10, { name: 'app:duplicate-7', from: 500 });
    expect(report?.connection).toBe('app:duplicate-7');
  });

  it('reports once in five minutes while it goes on', () => {
    const reports = connect(new CyclingDetector(), 9_000, { everyMs: 100 });
    expect(reports).toHaveLength(3);
  });
});
