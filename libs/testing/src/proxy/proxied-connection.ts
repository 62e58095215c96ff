import { connect, type Socket } from 'node:net';
import type { RequestFrame } from '../resp/request-parser.js';
import { Conversation } from './conversation.js';
import type { ActiveFault, CutHow, ReplyFault, RequestFault } from './fault.js';
import { FaultSet } from './fault-set.js';
import { Lane } from './lane.js';
import { paceOf } from './pace.js';
import { type Traffic, TrafficCounter } from './traffic.js';

/** A connection through a proxy. */
export interface ProxyConnection {
  /** Faults of this connection alone; those of the proxy apply as well. */
  readonly faults: FaultSet;
  /** The name the client gave it (`CLIENT SETNAME`, `HELLO … SETNAME`); to find the one you mean. */
  readonly name: string | undefined;
  /** The client's own port: `socket.localPort` over there. */
  readonly clientPort: number;
  /** Whether the client has neither ended nor lost it. */
  readonly isOpen: boolean;
  readonly traffic: Traffic;
  /** Cuts it now. @param how `'reset'` by default. */
  cut(how?: CutHow): void;
  /** Sends bytes to the client that no server would send. @param bytes no RESP by default. */
  sendGarbage(bytes?: Buffer | string): void;
}

/** What a connection gets from its proxy. */
export interface ProxiedConnectionOptions {
  client: Socket;
  target: { host: string; port: number };
  parses: boolean;
  proxyFaults: FaultSet;
  traffic: TrafficCounter;
  /** Called when both sides are closed. */
  onClosed: (connection: ProxiedConnection) => void;
}

const GARBAGE = Buffer.from([0xff, 0x00, 0xfe, 0x13, 0x37, 0x0d, 0x0a, 0xff]);

/** Ties the two sockets of a connection to its lanes and its conversation. */
export class ProxiedConnection implements ProxyConnection {
  readonly faults: FaultSet;
  readonly clientPort: number;
  name: string | undefined;
  private readonly client: Socket;
  private server: Socket | undefined;
  private isClosed = { client: false, server: false };
  private readonly toServer: Lane;
  private readonly toClient: Lane;
  private readonly counter: TrafficCounter;
  private readonly conversation: Conversation | undefined;
  private readonly stalledBy = new Set<ActiveFault>();

  constructor(private readonly options: ProxiedConnectionOptions) {
    const { client, parses, traffic } = options;
    this.client = client;
    this.clientPort = client.remotePort ?? 0;
    this.faults = new FaultSet(parses, () => this.applyFaults());
    this.counter = new TrafficCounter(traffic);
    this.toServer = new Lane(
      () => client,
      (bytes) => this.counter.countBytesToServer(bytes),
    );
    this.toClient = new Lane(
      () => this.server,
      (bytes) => this.counter.countBytesToClient(bytes),
    );
    this.conversation = parses ? this.createConversation() : undefined;
    this.toClient.attach(client);
    client.setNoDelay(true);
    client.on('error', () => undefined);
    client.on('data', (chunk) => this.fromClient(chunk));
    client.on('end', () => this.toServer.afterAll(() => this.server?.end()));
    client.on('close', (hadError) => this.onClientClosed(hadError));
    this.applyFaults();
  }

  get isOpen(): boolean {
    return !this.isClosed.client && !this.client.readableEnded;
  }

  get traffic(): Traffic {
    return this.counter.snapshot();
  }

  /** Brings the connection in line with the faults as they are now. */
  applyFaults(): void {
    const faults = [...this.options.proxyFaults.list(), ...this.faults.list()];
    if (this.conversation) {
      this.conversation.faults = {
        requests: faults.filter(isRequestFault),
        replies: faults.filter(isReplyFault),
      };
    }
    for (const fault of this.stalledBy) if (!faults.includes(fault)) this.stalledBy.delete(fault);
    const requestPace = paceOf(faults, 'requests');
    const replyPace = paceOf(faults, 'replies');
    this.toServer.setPace(requestPace);
    this.toClient.setPace({ ...replyPace, held: replyPace.held || this.stalledBy.size > 0 });
    if (!requestPace.held) this.connectToServer();
  }

  cut(how: CutHow = 'reset'): void {
    this.toServer.close();
    this.toClient.close();
    if (how === 'reset') this.client.resetAndDestroy();
    else this.client.end();
    // The server is to see all that was forwarded, so it gets a proper end.
    this.server?.end();
  }

  sendGarbage(bytes: Buffer | string = GARBAGE): void {
    this.toClient.write(Buffer.from(bytes));
  }

  /** Closes both sides at once; resolves when they are closed. */
  async destroy(): Promise<void> {
    this.toServer.close();
    this.toClient.close();
    const open = [this.client, this.server].filter((socket) => socket && !socket.closed);
    await Promise.all(
      open.map((socket) => new Promise((resolve) => socket!.once('close', resolve).destroy())),
    );
  }

  private fromClient(chunk: Buffer): void {
    if (this.conversation) this.conversation.fromClient(chunk);
    else this.toServer.write(chunk);
  }

  private fromServer(chunk: Buffer): void {
    if (this.conversation) this.conversation.fromServer(chunk);
    else this.toClient.write(chunk);
  }

  /** Not before requests may pass: in a black hole the server does not see the connection either. */
  private connectToServer(): void {
    if (this.server || this.isClosed.client || this.toServer.isClosed) return;
    const { host, port } = this.options.target;
    const server = connect({ host, port, noDelay: true, allowHalfOpen: true });
    this.server = server;
    server.on('error', () => undefined);
    server.on('data', (chunk) => this.fromServer(chunk));
    server.on('end', () => this.toClient.afterAll(() => this.client.end()));
    server.on('close', (hadError) => this.onServerClosed(hadError));
    this.toServer.attach(server);
  }

  private onClientClosed(hadError: boolean): void {
    this.isClosed.client = true;
    this.toClient.close();
    this.toServer.afterAll(() => (hadError ? this.server?.resetAndDestroy() : this.server?.end()));
    this.announceClosed();
  }

  private onServerClosed(hadError: boolean): void {
    this.isClosed.server = true;
    this.toServer.close();
    this.toClient.afterAll(() => (hadError ? this.client.resetAndDestroy() : this.client.end()));
    this.announceClosed();
  }

  private announceClosed(): void {
    if (this.isClosed.client && (this.isClosed.server || !this.server)) this.options.onClosed(this);
  }

  private createConversation(): Conversation {
    return new Conversation({
      toServer: (bytes, done) => this.toServer.write(bytes, done),
      toClient: (bytes, done) => this.toClient.write(bytes, done),
      stall: (fault) => {
        this.stalledBy.add(fault);
        this.applyFaults();
      },
      cut: (how) => this.cut(how),
      onRequest: (request) => {
        this.counter.countRequest(request.command);
        this.name = connectionName(request) ?? this.name;
      },
      onReplies: (replies, pushes) => this.counter.countReplies(replies, pushes),
    });
  }
}

function connectionName({ command, args }: RequestFrame): string | undefined {
  const at = args.findIndex((arg) => arg.toUpperCase() === 'SETNAME');
  const gives = command === 'HELLO' ? at > 0 : command === 'CLIENT' && at === 0;
  return gives ? args[at + 1] : undefined;
}

function isRequestFault(fault: ActiveFault): fault is RequestFault {
  return fault.kind === 'cutBefore' || fault.kind === 'cutAfter' || fault.kind === 'answer';
}

function isReplyFault(fault: ActiveFault): fault is ReplyFault {
  return fault.kind === 'dropReply' || fault.kind === 'halfReply';
}
