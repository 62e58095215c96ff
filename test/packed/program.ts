import { type ChildProcess, spawn } from 'node:child_process';
import { waitFor } from '@holdfast/testing';

/** How a program ended, and all that it printed. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<Program>();

/** Ends what a test left running. To be called after each. */
export async function killPrograms(): Promise<void> {
  await Promise.all([...running].map((program) => program.kill()));
}

/** What this run was told about Redis, npm and Jest is no business of a fresh application. */
function freshEnvironment(): NodeJS.ProcessEnv {
  const own = /^(?:REDIS_(?!SERVER_BIN$)|npm_package|npm_lifecycle|JEST_|NODE_OPTIONS$|NODE_ENV$|PORT$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

/** A child process with its output. */
export class Program {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #end: Promise<Omit<ProgramEnd, 'stdout' | 'stderr'>>;

  constructor(
    command: string,
    args: readonly string[],
    { folder, env = {} }: { folder: string; env?: NodeJS.ProcessEnv },
  ) {
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...freshEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#child = child;
    running.add(this);
    this.#end = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    this.#end.then(
      () => running.delete(this),
      () => running.delete(this),
    );
  }

  /**
   * Waits for text on the standard output and gives the match.
   *
   * @throws {Error} when it is not there in time, or the program ended without it
   */
  async printed(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    const output = (): string => `it printed:\n${this.stdout}${this.stderr}`;
    const hasEnded = (): boolean => this.#child.exitCode !== null || this.#child.signalCode !== null;
    await waitFor(() => pattern.test(this.stdout) || hasEnded(), {
      timeoutMs,
      message: () => `the program to print ${pattern}; ${output()}`,
    });
    const match = pattern.exec(this.stdout);
    if (match === null) throw new Error(`The program ended without printing ${pattern}; ${output()}`);
    return match;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /**
   * Waits for the program to end by itself.
   *
   * @throws {Error} when it does not within this time; it is killed then
   */
  async ended(timeoutMs: number): Promise<ProgramEnd> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#child.kill('SIGKILL');
    }, timeoutMs);
    const end = await this.#end.finally(() => clearTimeout(timer));
    const { stdout, stderr } = this;
    if (late) throw new Error(`it was still running after ${timeoutMs} ms and printed:\n${stdout}${stderr}`);
    return { ...end, stdout, stderr };
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#end.catch(() => undefined);
  }
}
