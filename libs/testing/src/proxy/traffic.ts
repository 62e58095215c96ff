/** What passed a proxy or one of its connections. */
export interface Traffic {
  /** Requests forwarded to the server, by name of the command in upper case. */
  readonly requests: Readonly<Record<string, number>>;
  /** Replies delivered to the client. */
  readonly replies: number;
  /** Push messages (RESP3 pushes, messages of subscriptions) delivered to the client. */
  readonly pushes: number;
  /** Bytes forwarded to the server. */
  readonly bytesToServer: number;
  /** Bytes delivered to the client, what the proxy made up included. */
  readonly bytesToClient: number;
}

/** What passed a proxy since its start. */
export interface ProxyTraffic extends Traffic {
  readonly connectionsAccepted: number;
  /** Connections that their client has not ended. */
  readonly connectionsOpen: number;
}

/** Counts for a connection, and for the proxy it belongs to. */
export class TrafficCounter {
  private readonly requests = new Map<string, number>();
  private replies = 0;
  private pushes = 0;
  private bytesToServer = 0;
  private bytesToClient = 0;

  constructor(private readonly total?: TrafficCounter) {}

  countRequest(command: string): void {
    this.requests.set(command, (this.requests.get(command) ?? 0) + 1);
    this.total?.countRequest(command);
  }

  countReplies(replies: number, pushes: number): void {
    this.replies += replies;
    this.pushes += pushes;
    this.total?.countReplies(replies, pushes);
  }

  countBytesToServer(bytes: number): void {
    this.bytesToServer += bytes;
    this.total?.countBytesToServer(bytes);
  }

  countBytesToClient(bytes: number): void {
    this.bytesToClient += bytes;
    this.total?.countBytesToClient(bytes);
  }

  snapshot(): Traffic {
    const { replies, pushes, bytesToServer, bytesToClient } = this;
    return { requests: Object.fromEntries(this.requests), replies, pushes, bytesToServer, bytesToClient };
  }
}
