import { alreadyOver, watchDeadline, type DeadlineLimits } from './deadline-watch.js';

/** Work that stops when the signal given to it aborts, if it can. */
export type AbortableWork<T> = (signal: AbortSignal) => T | PromiseLike<T>;

/**
 * Waits for work no longer than until its deadline, or until the caller aborts.
 *
 * A function is given a signal that aborts when the wait is given up, with the error as its reason; it
 * is not called at all when there is no time left. A promise costs less, but cannot be told to stop. What
 * becomes of the work after the wait was given up is nobody's concern: a late rejection is not an unhandled one.
 * Neither timers nor listeners outlast the returned promise.
 *
 * @throws DeadlineExceededError (as a rejection) when the time is over
 * @throws OperationAbortedError (as a rejection) when the signal aborts
 */
export function withDeadline<T>(work: PromiseLike<T> | AbortableWork<T>, limits: DeadlineLimits): Promise<T> {
  const over = alreadyOver(limits);
  if (over) {
    if (typeof work !== 'function') work.then(undefined, () => undefined);
    return Promise.reject(over);
  }
  return typeof work === 'function' ? runWithin(work, limits) : waitWithin(work, limits);
}

function runWithin<T>(work: AbortableWork<T>, limits: DeadlineLimits): Promise<T> {
  const giveUp = new AbortController();
  const running = new Promise<T>((resolve) => resolve(work(giveUp.signal)));
  return waitWithin(running, limits, (error) => giveUp.abort(error));
}

function waitWithin<T>(
  work: PromiseLike<T>,
  limits: DeadlineLimits,
  onGiveUp?: (error: Error) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = watchDeadline(limits, (error) => {
      reject(error);
      onGiveUp?.(error);
    });
    const settle = (finish: () => void) => {
      stop();
      finish();
    };
    work.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
