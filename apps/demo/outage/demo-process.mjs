import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const startTimeoutMs = 15_000;
const stopTimeoutMs = 5_000;

/** The demo as people run it: its built program, in a process of its own. */
export class DemoProcess {
  #child;
  #output = '';
  #stopping;

  /** Resolves when it is ready to serve. */
  static async start(redisUrl) {
    const demo = new DemoProcess();
    const kept = Object.entries(process.env).filter(([name]) => !/^(?:REDIS_|PORT$|npm_)/.test(name));
    demo.#child = spawn(process.execPath, [program], {
      env: { ...Object.fromEntries(kept), PORT: '0', REDIS_URL: redisUrl, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.once('exit', () => demo.#child.kill('SIGKILL'));
    for (const stream of [demo.#child.stdout, demo.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (demo.#output += text));
    }
    const until = performance.now() + startTimeoutMs;
    while (!(await demo.#isReady())) {
      if (!demo.#isAlive || performance.now() > until) throw new Error(`it did not start:\n${demo.#output}`);
      await sleep(50);
    }
    return demo;
  }

  get port() {
    return Number(/http:\/\/localhost:(\d+)/.exec(this.#output)?.[1] ?? 0);
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Lines in which it told of Redis so far. */
  get stateLines() {
    return this.#output.split('\n').filter((line) => line.includes('event=')).length;
  }

  get #isAlive() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @returns how it left; the same at every call */
  stop() {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop() {
    const startedAt = performance.now();
    if (this.#isAlive) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      const late = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs);
      await exited;
      clearTimeout(late);
    }
    return { code: this.#child.exitCode, tookMs: performance.now() - startedAt };
  }

  async #isReady() {
    if (this.port === 0) return false;
    try {
      return (await fetch(`${this.url}/health/ready`)).status === 200;
    } catch {
      return false;
    }
  }
}
