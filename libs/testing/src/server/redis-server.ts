import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import { type Reply, ReplyError } from '../resp/decode-reply.js';
import type { CommandArgument } from '../resp/encode-command.js';
import { RedisServerError } from './redis-server.error.js';
import type { RedisServerOptions, RedisServerRestartOptions } from './redis-server.options.js';
import { findServerBinary } from './server-binary.js';
import { sendCommand } from './server-command.js';
import { ServerFolder } from './server-folder.js';
import { SupervisedProcess } from './supervised-process.js';

const DEFAULT_START_TIMEOUT_MS = 10_000;
const COMMAND_TIMEOUT_MS = 5_000;
const MAX_PORT_ATTEMPTS = 10;
const MAX_OUTPUT_LINES = 50;
const ADDRESS_IN_USE = 'Address already in use';

/**
 * A real `redis-server` (or `valkey-server`) of your own, on a port of its own, in a temporary folder.
 *
 * It never outlives the process that started it, however that ends, and does not keep that process running.
 */
export class RedisServer {
  /** Always the loopback address. */
  readonly host = '127.0.0.1';
  private process: SupervisedProcess | undefined;
  private lastOutput = '';
  private hasStarted = false;
  private stopped = false;

  private constructor(
    private readonly options: RedisServerOptions,
    private readonly binary: string,
    /** The same over restarts. */
    readonly port: number,
    private readonly folder: ServerFolder,
  ) {}

  /**
   * Starts a server; resolves when it answers (a demand for a password is an answer, LOADING is not).
   *
   * @throws {RedisServerError} `REDIS_SERVER_NOT_FOUND` without a server binary, `REDIS_SERVER_START_FAILED`
   * with the end of the server's log when it does not come up, `REDIS_SERVER_OPTIONS` for options that exclude
   * each other.
   */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    if (options.acl && options.aclFile !== undefined) {
      throw new RedisServerError(
        'REDIS_SERVER_OPTIONS',
        'acl and aclFile exclude each other: give one of them',
      );
    }
    const binary = await findServerBinary();
    for (let attempt = 1; ; attempt++) {
      const port = options.port ?? (await freePort());
      const server = new RedisServer(options, binary, port, await ServerFolder.create(options, port));
      try {
        await server.launch();
        return server;
      } catch (error) {
        await server.stop();
        const retry = options.port === undefined && attempt < MAX_PORT_ATTEMPTS;
        if (!retry || !server.lastOutput.includes(ADDRESS_IN_USE)) throw error;
      }
    }
  }

  /** `redis://…`, `rediss://…` with TLS, with the password of the `default` user when there is one. */
  get url(): string {
    const { tls, password } = this.options;
    const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
    return `${tls ? 'rediss' : 'redis'}://${credentials}${this.host}:${this.port}`;
  }

  /** Process id of the server; undefined while it is not running. */
  get pid(): number | undefined {
    return this.isRunning ? this.process?.pid : undefined;
  }

  /** Temporary folder with the server's configuration and data; gone after `stop()`. */
  get dir(): string {
    return this.folder.path;
  }

  /** Whether the process exists; a paused one does. */
  get isRunning(): boolean {
    return this.process?.isAlive ?? false;
  }

  /** The last lines the server logged since its last start, for a look after something went wrong. */
  get output(): string {
    return this.stopped ? this.lastOutput : this.readOutput();
  }

  /**
   * Sends one command over a new connection (as the `default` user) and closes it. Meant for preparing and
   * inspecting in tests. It does not go over the port: neither TLS nor a fault proxy is in its way.
   *
   * @throws {ReplyError} when the server answers with an error.
   * @throws {RedisServerError} `REDIS_SERVER_NO_ANSWER` when it does not answer within 5 s.
   */
  async command(...args: [CommandArgument, ...CommandArgument[]]): Promise<Reply> {
    return sendCommand({
      socket: this.folder.files.socket,
      password: this.options.password,
      args,
      timeoutMs: COMMAND_TIMEOUT_MS,
    });
  }

  /** Freezes the server (SIGSTOP): its connections stay open and silent. Resolves once it stands still. */
  async pause(): Promise<void> {
    this.running().signal('SIGSTOP');
    while (this.isRunning && !(await isStandingStill(this.process!.pid))) await sleep(1);
  }

  /** Lets a paused server go on (SIGCONT). */
  async resume(): Promise<void> {
    this.running().signal('SIGCONT');
  }

  /** Ends the server with SIGKILL, paused or not; its folder stays for `restart()`. */
  async kill(): Promise<void> {
    await this.process?.kill();
  }

  /**
   * Ends the server, running or not, and starts it again on the same port.
   *
   * @throws {RedisServerError} `REDIS_SERVER_NOT_RUNNING` after `stop()`, or when the data is to be kept but is
   * only in a process that is gone; `REDIS_SERVER_START_FAILED` when it does not come up again.
   */
  async restart({
    keepData = this.options.persistence ?? false,
  }: RedisServerRestartOptions = {}): Promise<void> {
    if (this.stopped) throw notRunning('The server was stopped: start a new one');
    if (keepData && !this.options.persistence) await this.saveData();
    await this.process?.release({ removeFolder: false });
    this.process = undefined;
    if (!keepData) await this.folder.removeData();
    await this.launch();
  }

  /** Ends the server at once, paused or not, and removes its folder. May be called more than once. */
  async stop(): Promise<void> {
    if (!this.stopped) {
      this.lastOutput = this.readOutput();
      this.stopped = true;
    }
    await this.process?.release({ removeFolder: true });
    await this.folder.remove();
  }

  private async launch(): Promise<void> {
    const { startTimeoutMs = DEFAULT_START_TIMEOUT_MS } = this.options;
    const deadline = performance.now() + startTimeoutMs;
    const { folder, binary } = this;
    for (;;) {
      await folder.removeLog();
      this.process = await SupervisedProcess.start({
        command: binary,
        args: [folder.files.configuration],
        folder: folder.path,
      });
      if (this.stopped) {
        await this.stop();
        throw notRunning('The server was stopped while it started');
      }
      if (await this.answersBefore(deadline)) return;
      // A restart needs this very port: whoever took it in between may give it back.
      const mayPass = this.hasStarted && this.readOutput().includes(ADDRESS_IN_USE);
      if (!mayPass || performance.now() >= deadline) break;
      await this.process.release({ removeFolder: false });
      await sleep(50);
    }
    const state = this.isRunning ? `did not answer within ${startTimeoutMs} ms` : 'ended at once';
    throw new RedisServerError(
      'REDIS_SERVER_START_FAILED',
      `${basename(binary)} on port ${this.port} ${state}. Its log ends with:\n${this.readOutput()}`,
    );
  }

  private async answersBefore(deadline: number): Promise<boolean> {
    while (this.isRunning && performance.now() < deadline) {
      try {
        await this.command('PING');
        return (this.hasStarted = true);
      } catch (error) {
        // A server that wants a password is up; one that still loads its data soon will be.
        if (error instanceof ReplyError && error.code !== 'LOADING') return (this.hasStarted = true);
      }
      await sleep(5);
    }
    return false;
  }

  private async saveData(): Promise<void> {
    if (!this.isRunning) {
      throw notRunning('keepData without persistence needs a running server: its data is gone');
    }
    await this.resume();
    await this.command('SAVE');
  }

  private running(): SupervisedProcess {
    if (!this.process?.isAlive) throw notRunning('The server is not running');
    return this.process;
  }

  private readOutput(): string {
    const lines = `${this.process?.output ?? ''}${this.folder.readLog()}`.trimEnd().split('\n');
    return lines.slice(-MAX_OUTPUT_LINES).join('\n');
  }
}

/** Whether a signal to stop has taken effect; where there is no /proc to ask, it is taken for granted. */
async function isStandingStill(pid: number): Promise<boolean> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')') + 2).startsWith('T');
  } catch {
    return true;
  }
}

function notRunning(message: string): RedisServerError {
  return new RedisServerError('REDIS_SERVER_NOT_RUNNING', message);
}
