import type { Timer } from '../clock/clock.js';
import { MAX_TIMER_MS } from '../options/numeric-option.js';
import type { Deadline } from './deadline.js';
import { DeadlineExceededError, OperationAbortedError } from './deadline.errors.js';

/** Until when to wait. */
export interface DeadlineLimits {
  /** @default no end */
  readonly deadline?: Deadline | undefined;
  /** Ends the wait early when it aborts. @default none */
  readonly signal?: AbortSignal | undefined;
}

/** Why a wait ended. */
export type DeadlineError = DeadlineExceededError | OperationAbortedError;

/** The reason for not even starting, or undefined when there is time left and nobody has aborted. */
export function alreadyOver({ deadline, signal }: DeadlineLimits): DeadlineError | undefined {
  if (signal?.aborted) return new OperationAbortedError(signal.reason);
  return deadline?.expired ? new DeadlineExceededError() : undefined;
}

/**
 * Calls `onOver` once, at the deadline or when the signal aborts, whichever is first.
 * Returns a function that ends the watch; after either nothing is left behind, neither timer nor listener.
 */
export function watchDeadline(
  { deadline, signal }: DeadlineLimits,
  onOver: (error: DeadlineError) => void,
): () => void {
  let timer: Timer | undefined;

  const stop = () => {
    timer?.cancel();
    signal?.removeEventListener('abort', onAbort);
  };
  const onAbort = () => {
    stop();
    onOver(new OperationAbortedError(signal?.reason));
  };
  // Node's timers may fire a fraction early and cannot be set beyond 25 days: look again before giving up.
  const arm = (watched: Deadline) => {
    if (watched.expired) {
      stop();
      onOver(new DeadlineExceededError());
      return;
    }
    const delayMs = Math.min(MAX_TIMER_MS, Math.ceil(watched.remainingMs));
    timer = watched.clock.setTimeout(() => arm(watched), delayMs);
  };

  signal?.addEventListener('abort', onAbort, { once: true });
  if (deadline && deadline.at !== Infinity) arm(deadline);
  return stop;
}
