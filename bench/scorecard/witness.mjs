import { connect } from 'node:net';

const line = /^\+(\d+\.\d+) \[\d+ (\S+?)\] "(\w+)"(?: "([^"]*)")?/;
const retryMs = 5;

/**
 * Sees what Redis really executes, when, and over which connection: MONITOR on a connection of its own, past
 * proxy and contestant. Times are milliseconds of the wall clock.
 */
export class Witness {
  /** @type {Map<string, { at: number, from: string }[]>} executions of writes by key */
  executions = new Map();
  /** @type {Map<string, number>} when a connection was first heard of */
  firstSeen = new Map();
  /** @type {{ from: number, to: number }[]} when it saw nothing: the server was away */
  gaps = [];
  #port;
  #socket;
  #rest = '';
  #lostAt;
  #stopped = false;
  #retry;

  /** @returns {Promise<Witness>} when it sees */
  static async watch(port) {
    const witness = new Witness();
    witness.#port = port;
    await new Promise((resolve) => witness.#connect(resolve));
    return witness;
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#retry);
    this.#socket.destroy();
  }

  #connect(onReady) {
    const socket = connect(this.#port, '127.0.0.1');
    this.#socket = socket;
    this.#rest = '';
    socket.setEncoding('latin1');
    socket.on('error', () => undefined);
    socket.on('connect', () => socket.write('MONITOR\r\n'));
    socket.on('data', (text) => this.#read(text, onReady));
    socket.on('close', () => {
      this.#lostAt ??= Date.now();
      if (!this.#stopped) this.#retry = setTimeout(() => this.#connect(), retryMs);
    });
  }

  #read(text, onReady) {
    const lines = (this.#rest + text).split('\r\n');
    this.#rest = lines.pop();
    for (const each of lines) {
      if (each === '+OK') {
        if (this.#lostAt !== undefined) this.gaps.push({ from: this.#lostAt, to: Date.now() });
        this.#lostAt = undefined;
        onReady?.();
      } else this.#note(line.exec(each));
    }
  }

  #note(match) {
    if (!match) return;
    const [, seconds, from, command, key] = match;
    const at = Number(seconds) * 1_000;
    if (!this.firstSeen.has(from)) this.firstSeen.set(from, at);
    const name = command.toUpperCase();
    if ((name !== 'SET' && name !== 'INCR') || key === undefined) return;
    const known = this.executions.get(key);
    if (known) known.push({ at, from });
    else this.executions.set(key, [{ at, from }]);
  }
}
