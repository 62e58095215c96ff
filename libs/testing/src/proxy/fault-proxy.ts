import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import type { CutHow } from './fault.js';
import { FaultSet } from './fault-set.js';
import { ProxiedConnection, type ProxyConnection } from './proxied-connection.js';
import { type ProxyTraffic, TrafficCounter } from './traffic.js';

/** What a proxy stands before, and how it reads it. */
export interface FaultProxyOptions {
  /** The server; a `RedisServer` will do. `url` is the pattern for the proxy's own. */
  target: { host: string; port: number; url?: string };
  /**
   * Port on 127.0.0.1.
   * @default a free one, chosen below the range of outgoing connections
   */
  port?: number;
  /**
   * Whether to follow requests and replies. Without it, as TLS needs, bytes only pass: black hole, delay,
   * throttle, refusal and cutting now remain, and only bytes are counted.
   * @default true, but false when the target's url is `rediss:`
   */
  parse?: boolean;
}

/** What happens to open connections when new ones are refused: `'keep'` leaves them alone. */
export interface RefuseOptions {
  /** @default 'reset' */
  connections?: CutHow | 'keep';
}

const MAX_PORT_ATTEMPTS = 10;
const LISTEN_TIMEOUT_MS = 5_000;

/**
 * A TCP proxy before a Redis server that can do to its clients what networks and servers do: refuse, go
 * silent, be slow, cut at the worst moment, lose replies. Without faults it passes bytes as they come.
 */
export class FaultProxy {
  /** Always the loopback address. */
  readonly host = '127.0.0.1';
  /** Faults of all connections, those to come included. */
  readonly faults: FaultSet;
  private listener: Server | undefined;
  private readonly all = new Set<ProxiedConnection>();
  private readonly counter = new TrafficCounter();
  private connectionsAccepted = 0;

  private constructor(
    private readonly target: FaultProxyOptions['target'],
    private readonly parses: boolean,
    /** The same while it refuses and afterwards. */
    readonly port: number,
  ) {
    this.faults = new FaultSet(parses, () => this.all.forEach((connection) => connection.applyFaults()));
  }

  /**
   * Starts a proxy; resolves when it listens. The target need not be there yet.
   *
   * @throws {Error} with code `EADDRINUSE` when the port that was asked for is taken.
   */
  static async start({ target, port, parse }: FaultProxyOptions): Promise<FaultProxy> {
    const parses = parse ?? !target.url?.startsWith('rediss:');
    for (let attempt = 1; ; attempt++) {
      const proxy = new FaultProxy(target, parses, port ?? (await freePort()));
      try {
        await proxy.listen();
        return proxy;
      } catch (error) {
        if (port !== undefined || attempt === MAX_PORT_ATTEMPTS || !isAddressInUse(error)) throw error;
      }
    }
  }

  /** The target's url with the proxy's host and port, or a plain `redis://` one. */
  get url(): string {
    const url = new URL(this.target.url ?? 'redis://localhost');
    url.hostname = this.host;
    url.port = String(this.port);
    return url.href;
  }

  /** Connections that their client has not ended, in the order they came. */
  get connections(): readonly ProxyConnection[] {
    return [...this.all].filter(({ isOpen }) => isOpen);
  }

  /** What passed since the start. */
  get traffic(): ProxyTraffic {
    return {
      ...this.counter.snapshot(),
      connectionsAccepted: this.connectionsAccepted,
      connectionsOpen: this.connections.length,
    };
  }

  /** Listens no more, so that connecting fails with ECONNREFUSED, and cuts what is open. */
  async refuse({ connections = 'reset' }: RefuseOptions = {}): Promise<void> {
    this.listener?.close();
    this.listener = undefined;
    if (connections !== 'keep') this.cut(connections);
  }

  /**
   * Listens again, on the same port.
   *
   * @throws {Error} when the port cannot be had within 5 s.
   */
  async accept(): Promise<void> {
    const deadline = performance.now() + LISTEN_TIMEOUT_MS;
    while (!this.listener) {
      try {
        await this.listen();
      } catch (error) {
        if (!isAddressInUse(error) || performance.now() > deadline) throw error;
        await sleep(20);
      }
    }
  }

  /** Cuts all connections now. @param how `'reset'` by default. */
  cut(how: CutHow = 'reset'): void {
    for (const connection of this.all) connection.cut(how);
  }

  /** Sends bytes to every client that no server would send. @param bytes no RESP by default. */
  sendGarbage(bytes?: Buffer | string): void {
    for (const connection of this.connections) connection.sendGarbage(bytes);
  }

  /** Clears all faults, those of single connections included, and listens again. */
  async reset(): Promise<void> {
    this.faults.clear();
    for (const connection of this.all) connection.faults.clear();
    await this.accept();
  }

  /** Closes everything. May be called more than once. */
  async stop(): Promise<void> {
    this.listener?.close();
    this.listener = undefined;
    await Promise.all([...this.all].map((connection) => connection.destroy()));
  }

  private listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      const listener = createServer({ allowHalfOpen: true }, (client) => this.admit(client));
      listener.once('error', reject);
      listener.listen({ host: this.host, port: this.port, exclusive: true }, () => {
        this.listener = listener;
        resolve();
      });
    });
  }

  private admit(client: Socket): void {
    this.connectionsAccepted++;
    this.all.add(
      new ProxiedConnection({
        client,
        target: this.target,
        parses: this.parses,
        proxyFaults: this.faults,
        traffic: this.counter,
        onClosed: (connection) => this.all.delete(connection),
      }),
    );
  }
}

function isAddressInUse(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}
