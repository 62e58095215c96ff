import { setTimeout as sleep } from 'node:timers/promises';

/** Does something now and again every so many milliseconds, until it is stopped. */
export function repeatEvery(intervalMs: number, act: () => void | Promise<void>): { stop(): Promise<void> } {
  let goesOn = true;
  const running = (async () => {
    for (let dueAt = performance.now(); goesOn;) {
      await act();
      dueAt += intervalMs;
      while (goesOn && performance.now() < dueAt) await sleep(Math.min(20, intervalMs));
    }
  })();
  return {
    async stop() {
      goesOn = false;
      await running;
    },
  };
}
