import type { RequestSelector, SelectedRequests } from './request-selector.js';

/** Which way bytes go: requests to the server, replies (and pushes) to the client. */
export type FaultDirection = 'requests' | 'replies' | 'both';

/** How a connection is cut: `'reset'` sends RST (the client sees ECONNRESET), `'end'` sends FIN. */
export type CutHow = 'reset' | 'end';

/** Silence: connections stay open and nothing comes through. */
export interface BlackHoleOptions {
  /**
   * Which way is silent.
   * @default 'both'
   */
  direction?: FaultDirection;
  /**
   * What becomes of the connections that were in it. `'deliver'` is a network that comes back: what was held
   * arrives late and in order, closings included. `'dead'` is a network that has forgotten them: they stay
   * open and silent on both sides for ever, and what was held is lost.
   * @default 'deliver'
   */
  afterwards?: 'deliver' | 'dead';
}

/** Lateness; the order of bytes is kept. */
export interface DelayOptions {
  /** Added to the way, in milliseconds. */
  latencyMs: number;
  /**
   * At most this much more, chosen at random for each chunk, in milliseconds.
   * @default 0
   */
  jitterMs?: number;
  /**
   * Which way is late; with `'both'` a round trip takes twice the latency longer.
   * @default 'replies'
   */
  direction?: FaultDirection;
}

/** A thin pipe. */
export interface ThrottleOptions {
  /** Bytes per second and connection, in each direction named. */
  bytesPerSecond: number;
  /**
   * Which way is thin.
   * @default 'both'
   */
  direction?: FaultDirection;
}

/** Which requests cut their connection, and how. */
export interface CutOptions extends RequestSelector {
  /** @default 'reset' */
  how?: CutHow;
}

/** Which replies are delivered by half, and how it ends. */
export interface HalfReplyOptions extends RequestSelector {
  /**
   * `'cut'` cuts the connection; `'stall'` holds the other half, and everything after it, until the fault is
   * cleared.
   * @default 'cut'
   */
  ending?: 'cut' | 'stall';
  /**
   * How `'cut'` cuts.
   * @default 'end'
   */
  how?: CutHow;
}

/** A fault that has been set. */
export interface Fault {
  /** How many requests or replies it has struck; faults of the pipe (black hole, delay, throttle) count none. */
  readonly hits: number;
  /** Takes it away. */
  clear(): void;
}

type Selected<Kind extends string, Rest = unknown> = {
  kind: Kind;
  selected: SelectedRequests;
  hits: number;
} & Rest;

/** Faults of the pipe: they know bytes, not requests. */
export type PipeFault =
  | { kind: 'blackHole'; options: Required<BlackHoleOptions> }
  | { kind: 'delay'; options: Required<DelayOptions> }
  | { kind: 'throttle'; options: Required<ThrottleOptions> };

/** Faults decided when a request has arrived. */
export type RequestFault =
  | Selected<'cutBefore', { how: CutHow }>
  | Selected<'cutAfter', { how: CutHow }>
  | Selected<'answer', { answer: Buffer }>;

/** Faults decided when a reply has arrived. */
export type ReplyFault =
  Selected<'dropReply'> | Selected<'halfReply', { ending: 'cut' | 'stall'; how: CutHow }>;

export type ActiveFault = PipeFault | RequestFault | ReplyFault;
