import { HealthMonitor } from './health-monitor.js';
import { RedisEventEmitter, type RedisHealth } from './redis-events.js';

const up: RedisHealth = { healthy: true, latency: 1 };
const down: RedisHealth = { healthy: false, latency: 1, error: 'ECONNREFUSED' };

function setUp(check: () => Promise<RedisHealth>) {
  const events = new RedisEventEmitter();
  const told: RedisHealth[] = [];
  events.on('health', (health) => told.push(health));
  const spy = jest.fn(check);
  return { check: spy, told, monitor: new HealthMonitor(spy, events) };
}

describe('B5 health monitor', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('checks in its interval and tells of changes only', async () => {
    const results = [up, up, down, down, down, up];
    const { monitor, check, told } = setUp(() => Promise.resolve(results.shift() ?? up));
    monitor.start(30_000);
    await jest.advanceTimersByTimeAsync(29_999);
    expect(check).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1 + 7 * 30_000);
    expect(check).toHaveBeenCalledTimes(8);
    expect(told).toEqual([up, down, up]);
  });

  it('remembers the last result, changed or not', async () => {
    const results = [up, { ...up, latency: 9 }];
    const { monitor } = setUp(() => Promise.resolve(results.shift() ?? down));
    expect(monitor.last).toBeUndefined();
    monitor.start(100);
    await jest.advanceTimersByTimeAsync(200);
    expect(monitor.last).toEqual({ healthy: true, latency: 9 });
  });

  it('runs one check at a time', async () => {
    let running = 0;
    const { monitor, check } = setUp(async () => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 250));
      running--;
      return up;
    });
    monitor.start(100);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(check.mock.calls.length).toBeGreaterThan(1);
    expect(check.mock.calls.length).toBeLessThan(5);
  });

  it('takes a check that fails for bad health, and goes on', async () => {
    const results = [Promise.resolve(up)];
    const { monitor, told } = setUp(() => results.shift() ?? Promise.reject(new Error('odd')));
    monitor.start(100);
    await jest.advanceTimersByTimeAsync(500);
    expect(told).toEqual([up, { healthy: false, latency: 0, error: 'odd' }]);
  });

  it('stops, without a word about a check that is still on its way', async () => {
    const { monitor, check, told } = setUp(() => new Promise((resolve) => setTimeout(() => resolve(up), 50)));
    monitor.start(100);
    await jest.advanceTimersByTimeAsync(120);
    monitor.stop();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(check).toHaveBeenCalledTimes(1);
    expect(told).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not start with an interval of 0, and not twice', () => {
    const { monitor } = setUp(() => Promise.resolve(up));
    monitor.start(0);
    expect(jest.getTimerCount()).toBe(0);
    monitor.start(100);
    monitor.start(100);
    expect(jest.getTimerCount()).toBe(1);
  });
});
