import type { RedisLog } from '../connections/connection-log.js';
import { ShutdownCoordinator, type ShutdownPhase } from './shutdown-coordinator.js';

const phases: readonly ShutdownPhase[] = ['buffers', 'workers', 'intake'];

function setUp() {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const log: RedisLog = { log: write, warn: write, error: write };
  return { lines, coordinator: new ShutdownCoordinator(log, () => performance.now()) };
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What happens to a shutdown when this many milliseconds pass. */
async function runFor(ms: number, shutdown: Promise<void>): Promise<'done' | 'running'> {
  let state: 'done' | 'running' = 'running';
  void shutdown.then(() => (state = 'done'));
  await jest.advanceTimersByTimeAsync(ms);
  return state;
}

describe('A10 shutdown', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('runs phase after phase, whatever the order of registration; a phase ends with its slowest', async () => {
    const { coordinator } = setUp();
    const steps: string[] = [];
    for (const phase of phases) {
      for (const ms of [20, 10]) {
        const run = async (): Promise<void> => {
          steps.push(`${phase} begins`);
          await after(ms);
          steps.push(`${phase} ends`);
        };
        coordinator.register({ phase, name: `${phase}-${ms}`, run });
      }
    }
    const shutdown = coordinator.run(performance.now() + 1_000);
    expect(await runFor(60, shutdown)).toBe('done');
    expect(steps).toEqual(
      ['intake', 'workers', 'buffers'].flatMap((phase) => [
        `${phase} begins`, `${phase} begins`, `${phase} ends`, `${phase} ends`,
      ]),
    ); // prettier-ignore
  });

  it('tells everybody how much time is left', async () => {
    const { coordinator } = setUp();
    const left: number[] = [];
    const run = (remainingMs: number): Promise<void> => {
      left.push(remainingMs);
      return after(300);
    };
    for (const phase of phases) coordinator.register({ phase, name: phase, run });
    await runFor(1_000, coordinator.run(performance.now() + 1_000));
    expect(left).toEqual([800, 500, 400]);
  });

  it('keeps its deadline, names who is late, and still gives the later phases their call', async () => {
    const { coordinator, lines } = setUp();
    const flush = jest.fn();
    coordinator.register({ phase: 'workers', name: 'stuck', run: () => new Promise(() => undefined) });
    coordinator.register({ phase: 'buffers', name: 'flush', run: flush });
    const shutdown = coordinator.run(performance.now() + 500);
    expect(await runFor(399, shutdown)).toBe('running');
    expect(await runFor(2, shutdown)).toBe('done');
    expect(lines).toEqual(['event=shutdown-late phase=workers participant=stuck']);
    // A fifth of the time is kept for what is only in memory.
    expect(flush).toHaveBeenCalledWith(100);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('disk full'))],
    ['throws', () => { throw new Error('disk full'); }],
  ])('goes on when a participant %s, and says what it said', async (_, run) => {
    const { coordinator, lines } = setUp();
    const others = [jest.fn(), jest.fn()];
    coordinator.register({ phase: 'intake', name: 'broken', run });
    coordinator.register({ phase: 'intake', name: 'beside', run: others[0] as () => void });
    coordinator.register({ phase: 'buffers', name: 'behind', run: others[1] as () => void });
    expect(await runFor(0, coordinator.run(performance.now() + 500))).toBe('done');
    for (const other of others) expect(other).toHaveBeenCalledTimes(1);
    expect(lines).toEqual(['event=shutdown-failed phase=intake participant=broken disk full']);
  }); // prettier-ignore

  it('does not fall over a participant that fails after its time', async () => {
    const { coordinator, lines } = setUp();
    const run = async (): Promise<void> => {
      await after(1_000);
      throw new Error('too late');
    };
    coordinator.register({ phase: 'workers', name: 'slow', run });
    expect(await runFor(2_000, coordinator.run(performance.now() + 500))).toBe('done');
    expect(lines).toEqual(['event=shutdown-late phase=workers participant=slow']);
  });

  it('leaves out who went before', async () => {
    const { coordinator } = setUp();
    const run = jest.fn();
    coordinator.register({ phase: 'intake', name: 'gone', run })();
    await runFor(0, coordinator.run(performance.now() + 500));
    expect(run).not.toHaveBeenCalled();
  });

  it('includes who comes in an earlier phase', async () => {
    const { coordinator } = setUp();
    const run = jest.fn();
    const register = (): void => void coordinator.register({ phase: 'buffers', name: 'late comer', run });
    coordinator.register({ phase: 'intake', name: 'first', run: register });
    await runFor(0, coordinator.run(performance.now() + 500));
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('leaves no timer behind that would keep the process alive', async () => {
    const { coordinator } = setUp();
    for (const phase of phases) coordinator.register({ phase, name: phase, run: () => undefined });
    await runFor(0, coordinator.run(performance.now() + 60_000));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits without limit when there is none', async () => {
    const { coordinator, lines } = setUp();
    coordinator.register({ phase: 'workers', name: 'slow', run: () => after(100_000) });
    const shutdown = coordinator.run(Infinity);
    expect(await runFor(99_999, shutdown)).toBe('running');
    expect(await runFor(1, shutdown)).toBe('done');
    expect(lines).toEqual([]);
  });
});
