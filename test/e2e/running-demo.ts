import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitFor } from '@holdfast/testing';

const programs = join(__dirname, '..', '..', 'apps', 'demo', 'dist');

/** What a request got, and how long it took. */
export interface Answer {
  code: number;
  headers: Headers;
  // What a body holds is what the tests are about.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
  tookMs: number;
}

/** The demo as people run it: its built program, in a process of its own. */
export class RunningDemo {
  static readonly #all = new Set<RunningDemo>();
  readonly startedAt = performance.now();
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  private constructor(env: Record<string, string>, program = 'main.js') {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(REDIS_(?!SERVER_BIN)|npm_|PORT)/.test(name),
    );
    this.#child = spawn(process.execPath, [join(programs, program)], {
      env: { ...Object.fromEntries(inherited), NODE_ENV: 'development', PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (text: Buffer) => (this.#stdout += text.toString()));
    this.#child.stderr?.on('data', (text: Buffer) => (this.#stderr += text.toString()));
    RunningDemo.#all.add(this);
  }

  /** Runs it, or another program of its, whatever becomes of it. */
  static run(env: Record<string, string> = {}, program?: string): RunningDemo {
    return new RunningDemo(env, program);
  }

  /** Runs it and waits until it listens, and has its Redis unless `redis` is false. */
  static async start(env: Record<string, string> = {}, { redis = true } = {}): Promise<RunningDemo> {
    const demo = new RunningDemo(env);
    await waitFor(() => demo.port > 0 || demo.exitCode !== null, { timeoutMs: 20_000 });
    if (demo.exitCode !== null) throw new Error(`The demo ended: ${demo.stdout}${demo.stderr}`);
    if (redis) await demo.becomes('ready');
    return demo;
  }

  /** Ends all that are still there. For `afterEach` and `afterAll`. */
  static async killAll(): Promise<void> {
    await Promise.all([...RunningDemo.#all].map((demo) => demo.#kill()));
    RunningDemo.#all.clear();
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  get port(): number {
    return Number(/http:\/\/localhost:(\d+)/.exec(this.#stdout)?.[1] ?? 0);
  }

  /** Port and process of the Redis that it started, as it tells them. */
  get ownRedis(): { port: number; pid: number } {
    const [, port, pid] = /Redis is its own, at 127\.0\.0\.1:(\d+), process (\d+)/.exec(this.#stdout) ?? [];
    return { port: Number(port), pid: Number(pid) };
  }

  async get(path: string, init?: RequestInit): Promise<Answer> {
    const startedAt = performance.now();
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      code: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
      tookMs: performance.now() - startedAt,
    };
  }

  /** Sends text as it is, or anything else as JSON. */
  post(path: string, body: unknown): Promise<Answer> {
    return this.get(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Waits until `/health/ready` says so. */
  async becomes(state: 'ready' | 'unready'): Promise<void> {
    const code = state === 'ready' ? 200 : 503;
    await waitFor(async () => (await this.get('/health/ready')).code === code, { timeoutMs: 20_000 });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code, and how long it took from now on. */
  async ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null; tookMs: number }> {
    const startedAt = performance.now();
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    const { exitCode: code, signalCode: signal } = this.#child;
    return { code, signal, tookMs: performance.now() - startedAt };
  }

  async #kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended();
  }
}

/** Whether there is such a process. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
