import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

// Runs the server and waits for orders on its standard input, which only the owner's process holds open:
// however that process ends, SIGKILL included, the supervisor reads end-of-file, kills the server (which
// works on a stopped process too) and removes its folder. The last line sweeps up the server's own children.
const SUPERVISOR = `
folder=$1; shift
"$@" </dev/null 2>&1 3>&- &
server=$!
echo $server >&3
exec >/dev/null 2>&1
end() {
  [ "$server" ] || return
  kill -9 $server; wait $server
  server=
}
keep=
while read -r order; do
  case $order in
    kill) end; echo gone >&3;;
    keep) keep=yes; break;;
    remove) break;;
  esac
done
end
[ "$keep" ] || rm -rf "$folder"
kill -9 -- -$$
`;

const MAX_OUTPUT_CHARS = 16_384;

/** What to run, and the folder that goes away with it when its owner does. */
export interface SupervisedProcessOptions {
  command: string;
  args: readonly string[];
  folder: string;
}

/**
 * A process that cannot outlive this one. It has a session of its own, so Ctrl-C in a terminal does not reach
 * it, and it does not keep this process's event loop running.
 */
export class SupervisedProcess {
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  private alive = true;
  private isEnding = false;
  private printed = '';
  private readonly handles: readonly (ChildProcess | Socket)[];

  private constructor(
    readonly pid: number,
    private readonly supervisor: ChildProcess,
  ) {
    const [stdin, stdout, , reports] = supervisor.stdio as unknown as Socket[];
    stdout!.on('data', (text: string) => (this.printed = (this.printed + text).slice(-MAX_OUTPUT_CHARS)));
    // The process holds the other end of its standard output, and so do its children: after an order to kill
    // the supervisor knows earlier.
    this.ended = Promise.race([once(stdout!, 'end'), once(reports!, 'data')])
      .catch(() => undefined)
      .then(() => {
        this.alive = false;
        this.order('kill');
      });
    this.handles = [supervisor, stdout!, reports!];
    stdin!.unref();
    for (const handle of this.handles) handle.unref();
  }

  /** @throws {Error} when the supervisor cannot be started. */
  static async start({ command, args, folder }: SupervisedProcessOptions): Promise<SupervisedProcess> {
    const supervisor = spawn('/bin/sh', ['-c', SUPERVISOR, 'holdfast-supervisor', folder, command, ...args], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
    });
    supervisor.stdin!.on('error', () => undefined);
    supervisor.stdout!.setEncoding('utf8');
    const reports = supervisor.stdio[3] as Socket;
    const firstReport = Promise.race([once(reports, 'data'), once(supervisor, 'error').then(rethrow)]);
    const [pid] = (await firstReport) as [Buffer];
    return new SupervisedProcess(Number(pid.toString()), supervisor);
  }

  get isAlive(): boolean {
    return this.alive;
  }

  /** The end of what the process printed. */
  get output(): string {
    return this.printed;
  }

  /** Sends a signal, unless the process has ended. */
  signal(signal: NodeJS.Signals): void {
    // Until it is told to, the supervisor does not reap, so the id cannot belong to another process.
    if (this.alive && !this.isEnding) process.kill(this.pid, signal);
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    this.order('kill');
    await this.keepingLoopAlive(this.ended);
  }

  /** Kills the process if need be and ends the supervision; resolves when both are gone. */
  async release({ removeFolder }: { removeFolder: boolean }): Promise<void> {
    const { supervisor } = this;
    if (supervisor.exitCode !== null || supervisor.signalCode !== null) {
      this.signal('SIGKILL'); // Somebody ended the supervisor alone.
      return;
    }
    const exit = once(supervisor, 'exit');
    this.order(removeFolder ? 'remove' : 'keep');
    await this.keepingLoopAlive(Promise.all([exit, this.ended]));
  }

  private order(order: 'kill' | 'keep' | 'remove'): void {
    this.isEnding = true;
    if (this.supervisor.stdin!.writable) this.supervisor.stdin!.write(`${order}\n`);
  }

  private async keepingLoopAlive(done: Promise<unknown>): Promise<void> {
    for (const handle of this.handles) handle.ref();
    try {
      await done;
    } finally {
      for (const handle of this.handles) handle.unref();
    }
  }
}

function rethrow([error]: unknown[]): never {
  throw error;
}
