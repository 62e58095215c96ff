import { setTimeout as sleep } from 'node:timers/promises';

/** How long {@link waitFor} waits, how often it looks, and what it says when it gives up. */
export interface WaitForOptions {
  /**
   * Time from the call until it gives up, in milliseconds.
   * @default 5000
   */
  timeoutMs?: number;
  /**
   * Pause between two looks at the condition, in milliseconds.
   * @default 10
   */
  intervalMs?: number;
  /** What was waited for; a function is called only when the time is up. */
  message?: string | (() => string);
}

type Falsy = false | 0 | '' | null | undefined;

const TIME_IS_UP = Symbol('time is up');

/**
 * Waits until a condition holds and answers its value, so that a test never sleeps for a fixed time.
 *
 * A condition that throws or rejects counts as "not yet"; one that never settles is given up with the
 * time-out.
 *
 * @throws {Error} when the condition did not hold within `timeoutMs`; `cause` is what it threw last.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitForOptions = {},
): Promise<Exclude<Awaited<T>, Falsy>> {
  const { timeoutMs = 5_000, intervalMs = 10, message } = options;
  const deadline = performance.now() + timeoutMs;
  let lastFailure: unknown;

  do {
    try {
      const value = await beforeDeadline(condition(), deadline);
      if (value === TIME_IS_UP) break;
      lastFailure = undefined;
      if (value) return value as Exclude<Awaited<T>, Falsy>;
    } catch (error) {
      lastFailure = error;
    }
    await sleep(intervalMs);
  } while (performance.now() < deadline);

  const what = typeof message === 'function' ? message() : (message ?? 'the condition to hold');
  throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`, { cause: lastFailure });
}

async function beforeDeadline<T>(value: T | Promise<T>, deadline: number): Promise<T | typeof TIME_IS_UP> {
  if (!(value instanceof Promise)) return value;
  const abort = new AbortController();
  const timeUp = sleep(Math.max(0, deadline - performance.now()), TIME_IS_UP, { signal: abort.signal });
  timeUp.catch(() => undefined);
  try {
    return await Promise.race([value, timeUp]);
  } finally {
    abort.abort();
  }
}
