import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApplicationInit, Order, Report } from './messages.js';

/** An application in a process of its own. */
export class RunningApplication {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #reports: Report[] = [];
  #output = '';
  #exit: string | undefined;

  constructor(folder: string, init: ApplicationInit) {
    this.name = init.name;
    this.#process = fork(join(folder, 'application.mjs'), [JSON.stringify(init)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#process.on('message', (report: Report) => this.#reports.push(report));
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (text: Buffer) => (this.#output = `${this.#output}${text}`.slice(-2_000)));
    }
    this.#process.on('exit', (code, signal) => (this.#exit = `${signal ?? code}`));
  }

  /** How it ended, if it has: its code, or a signal. */
  get exit(): string | undefined {
    return this.#exit;
  }

  /** What it wrote last, which should be nothing. */
  get output(): string {
    return this.#output.trim();
  }

  give(order: Order): void {
    if (this.#process.connected) this.#process.send(order);
  }

  /** @returns undefined when it ends, or says nothing, before */
  async report<Kind extends Report['kind']>(
    kind: Kind,
    timeoutMs: number,
  ): Promise<Extract<Report, { kind: Kind }> | undefined> {
    const until = performance.now() + timeoutMs;
    while (performance.now() < until) {
      const report = this.#reports.find((each) => each.kind === kind);
      if (report) return report as Extract<Report, { kind: Kind }>;
      if (this.#exit !== undefined) return undefined;
      await sleep(5);
    }
    return undefined;
  }

  async end(timeoutMs: number): Promise<void> {
    this.give('exit');
    const until = performance.now() + timeoutMs;
    while (this.#exit === undefined && performance.now() < until) await sleep(5);
    if (this.#exit === undefined) this.#process.kill('SIGKILL');
  }
}
