import { getEventListeners } from 'node:events';
import { ManualClock } from '../clock/manual-clock.js';
import { Deadline } from './deadline.js';
import { DeadlineExceededError, OperationAbortedError } from './deadline.errors.js';
import { withDeadline } from './with-deadline.js';

const forever = () => new Promise<never>(() => undefined);

describe('work with a deadline', () => {
  let clock: ManualClock;
  let caller: AbortController;
  beforeEach(() => {
    clock = new ManualClock();
    caller = new AbortController();
  });
  const limits = (ms = 100) => ({ deadline: Deadline.after(ms, clock), signal: caller.signal });

  it('passes the result on', async () => {
    await expect(withDeadline(Promise.resolve(7), limits())).resolves.toBe(7);
    await expect(withDeadline(() => 8, limits())).resolves.toBe(8);
    await expect(withDeadline(Promise.resolve(9), {})).resolves.toBe(9);
  });

  it('passes the failure on, thrown or rejected', async () => {
    const failure = new Error('of the work');
    await expect(withDeadline(Promise.reject(failure), limits())).rejects.toBe(failure);
    const throwing = () => {
      throw failure;
    };
    await expect(withDeadline(throwing, limits())).rejects.toBe(failure);
  });

  it('rejects at the deadline and not before', async () => {
    const settled = jest.fn();
    const waiting = withDeadline(forever(), limits(100));
    waiting.catch(settled);

    clock.advance(99);
    await Promise.resolve();
    expect(settled).not.toHaveBeenCalled();

    clock.advance(1);
    await expect(waiting).rejects.toBeInstanceOf(DeadlineExceededError);
    await expect(waiting).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('does not give up early when a timer fires early', async () => {
    const early = new (class extends ManualClock {
      override setTimeout(callback: () => void, delayMs: number) {
        return super.setTimeout(callback, delayMs > 1 ? delayMs - 0.5 : delayMs);
      }
    })();
    const settled = jest.fn();
    const waiting = withDeadline(forever(), { deadline: Deadline.after(100, early) });
    waiting.catch(settled);

    early.advance(99.75);
    await Promise.resolve();
    expect(settled).not.toHaveBeenCalled();

    early.advance(1);
    await expect(waiting).rejects.toBeInstanceOf(DeadlineExceededError);
  });

  it('waits beyond the longest delay of a timer', async () => {
    const month = 30 * 24 * 3600 * 1000;
    const settled = jest.fn();
    const waiting = withDeadline(forever(), limits(month));
    waiting.catch(settled);

    clock.advance(month - 1);
    await Promise.resolve();
    expect(settled).not.toHaveBeenCalled();

    clock.advance(1);
    await expect(waiting).rejects.toBeInstanceOf(DeadlineExceededError);
  });

  it('rejects when the caller aborts, with the reason as cause', async () => {
    const waiting = withDeadline(forever(), limits());
    caller.abort('enough');
    await expect(waiting).rejects.toBeInstanceOf(OperationAbortedError);
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError', cause: 'enough' });
  });

  it('tells the work to stop, with the error as reason', async () => {
    let given: AbortSignal | undefined;
    const waiting = withDeadline((signal) => {
      given = signal;
      return forever();
    }, limits());

    clock.advance(100);

    const error: unknown = await waiting.catch((reason: unknown) => reason);
    expect(given?.aborted).toBe(true);
    expect(given?.reason).toBe(error);
  });

  it('leaves neither timer nor listener behind, however it ends', async () => {
    const endings: Array<[PromiseLike<unknown> | (() => unknown), () => void]> = [
      [Promise.resolve(1), () => undefined],
      [() => 1, () => undefined],
      [Promise.reject(new Error('of the work')), () => undefined],
      [forever, () => clock.advance(100)],
      [forever(), () => clock.advance(100)],
      [forever(), () => caller.abort()],
    ];
    for (const [work, end] of endings) {
      const waiting = withDeadline(work, limits());
      expect(clock.pendingTimers).toBe(1);
      end();
      await waiting.catch(() => undefined);
      expect(clock.pendingTimers).toBe(0);
      expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    }
  });

  it('does not begin when there is no time left or the caller has aborted', async () => {
    const work = jest.fn();
    await expect(withDeadline(work, limits(0))).rejects.toBeInstanceOf(DeadlineExceededError);
    caller.abort();
    await expect(withDeadline(work, limits())).rejects.toBeInstanceOf(OperationAbortedError);
    expect(work).not.toHaveBeenCalled();
  });

  it('makes no unhandled rejection of a failure that comes too late', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    let fail: (error: Error) => void = () => undefined;
    const late = new Promise<never>((_resolve, reject) => (fail = reject));
    const waiting = withDeadline(late, limits());
    const refused = withDeadline(Promise.reject(new Error('late')), limits(0));
    clock.advance(100);
    fail(new Error('late'));

    await expect(waiting).rejects.toBeInstanceOf(DeadlineExceededError);
    await expect(refused).rejects.toBeInstanceOf(DeadlineExceededError);
    await new Promise((resolve) => setImmediate(resolve));

    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
