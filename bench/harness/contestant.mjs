import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('contestant-process.mjs', import.meta.url));

/**
 * A contestant in a process of its own, so that neither compiled code, heap nor timers of one reach another.
 */
export class Contestant {
  #process;

  /**
   * @param {{ id: string, label: string, module: URL }} contestant
   * @param {string[]} [execArgv] flags of Node
   */
  constructor({ id, label, module }, execArgv = []) {
    this.id = id;
    this.label = label;
    this.#process = fork(program, [module.href, id], { execArgv });
  }

  /** @param {string} url of Redis */
  async open(url) {
    return this.#ask({ open: url });
  }

  /** @param {{ operation: string, concurrency: number, durationMs: number }} load */
  async measure(load) {
    return this.#ask({ measure: load });
  }

  async close() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.send({ close: true });
    await exited;
  }

  async #ask(request) {
    const settled = new AbortController();
    const { signal } = settled;
    const ended = once(this.#process, 'exit', { signal }).then(() => {
      throw new Error(`${this.label} ended unexpectedly`);
    });
    const answered = once(this.#process, 'message', { signal });
    this.#process.send(request);
    try {
      const [answer] = await Promise.race([answered, ended]);
      if (answer.error) throw new Error(`${this.label}: ${answer.error}`);
      return answer.result;
    } finally {
      settled.abort();
      await Promise.allSettled([answered, ended]);
    }
  }
}
