import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('contestant-process.mjs', import.meta.url));
const keptOutput = 4_000;

/** A contestant's process, seen from its parent. */
export class Contestant {
  /** When the process ended without being told to: wall clock, ms. */
  crashedAt;
  lines = 0;
  #process;
  #output = '';
  #waiting = new Map();
  #asked = 0;
  #dismissed = false;
  #exited;

  /** @param {string} id */
  constructor(id) {
    this.#process = fork(program, [id], {
      execArgv: ['--expose-gc'],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        this.lines += text.split('\n').length - 1;
        this.#output = (this.#output + text).slice(-keptOutput);
      });
    }
    this.#process.on('message', ({ id: asked, result, error }) => {
      const { resolve, reject } = this.#waiting.get(asked) ?? {};
      this.#waiting.delete(asked);
      if (error) reject?.(new Error(error));
      else resolve?.(result);
    });
    this.#exited = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        if (!this.#dismissed) this.crashedAt = Date.now();
        for (const { reject } of this.#waiting.values()) {
          reject(new Error(`${id} ended with ${signal ?? code}: ${this.lastWords}`));
        }
        resolve();
      });
    });
  }

  /** What it wrote last that says something. */
  get lastWords() {
    const lines = this.#output.split('\n').filter((text) => text.trim());
    return lines.findLast((text) => /error/i.test(text) && !/^\s+at /.test(text)) ?? lines.at(-1) ?? '';
  }

  get isAlive() {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** @param {string} ask one of the answers of contestant-process.mjs */
  ask(ask, details = {}) {
    if (!this.isAlive) return Promise.reject(new Error('it has ended'));
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.send({ ask, id, ...details }, (error) => error && reject(error));
    });
  }

  async end() {
    this.#dismissed = true;
    if (this.isAlive) this.#process.kill('SIGKILL');
    await this.#exited;
  }
}
