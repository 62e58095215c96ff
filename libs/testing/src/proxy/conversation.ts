import { ReplyParser, type ReplyFrame } from '../resp/reply-parser.js';
import { RequestParser, type RequestFrame } from '../resp/request-parser.js';
import type { ActiveFault, CutHow, ReplyFault, RequestFault } from './fault.js';
import { PendingReplies } from './pending-replies.js';

/** The connection that a conversation goes over. */
export interface ConversationLink {
  /** Sends on to the server; `done` once it is on its way. */
  toServer(bytes: Buffer, done?: () => void): void;
  /** Sends on to the client; `done` once it is on its way. */
  toClient(bytes: Buffer, done?: () => void): void;
  /** Holds all that follows to the client until the fault is cleared. */
  stall(fault: ActiveFault): void;
  cut(how: CutHow): void;
  onRequest(request: RequestFrame): void;
  onReplies(replies: number, pushes: number): void;
}

/** The faults that strike requests and replies, at this moment. */
export interface ConversationFaults {
  requests: readonly RequestFault[];
  replies: readonly ReplyFault[];
}

const EMPTY: Buffer = Buffer.alloc(0);

/**
 * Follows requests and replies of one connection and does to them what the faults say. Without faults chunks
 * go through as they come. Bytes that are not RESP end the parsing: from then on they only pass.
 */
export class Conversation {
  faults: ConversationFaults = { requests: [], replies: [] };
  private readonly requestParser = new RequestParser();
  private readonly replyParser = new ReplyParser();
  private readonly pending = new PendingReplies();
  private heldRequest = EMPTY;
  private heldReply = EMPTY;
  /** The first part of the request or reply that is coming in has been sent on already. */
  private requestIsUnderWay = false;
  private replyIsUnderWay = false;
  private acceptsRequests = true;
  private acceptsReplies = true;
  private isOpaque = false;

  constructor(private readonly link: ConversationLink) {}

  fromClient(chunk: Buffer): void {
    if (this.isOpaque) return this.link.toServer(chunk);
    const bytes = this.heldRequest.length > 0 ? Buffer.concat([this.heldRequest, chunk]) : chunk;
    const offset = this.heldRequest.length;
    this.heldRequest = EMPTY;
    const hasFaults = this.faults.requests.length > 0;
    const passing: RequestFrame[] = [];
    let start = 0;
    try {
      this.requestParser.push(chunk, (end, request) => {
        if (!this.acceptsRequests) return;
        if (hasFaults) {
          this.takeRequest(bytes.subarray(start, offset + end), request);
          start = offset + end;
        } else {
          this.pending.expect(request);
          passing.push(request);
        }
        this.requestIsUnderWay = false;
      });
    } catch {
      this.becomeOpaque();
    }
    if (!this.acceptsRequests) return;
    const rest = bytes.subarray(start);
    if (hasFaults && !this.requestIsUnderWay && !this.isOpaque) {
      this.heldRequest = rest;
      return;
    }
    this.requestIsUnderWay = !this.requestParser.atBoundary;
    this.link.toServer(rest, () => passing.forEach((request) => this.link.onRequest(request)));
  }

  fromServer(chunk: Buffer): void {
    if (this.isOpaque) return this.link.toClient(chunk);
    const bytes = this.heldReply.length > 0 ? Buffer.concat([this.heldReply, chunk]) : chunk;
    const offset = this.heldReply.length;
    this.heldReply = EMPTY;
    const mustSplit = this.faults.replies.length > 0 || this.pending.hasSpecial;
    let start = 0;
    let replies = 0;
    let pushes = 0;
    try {
      this.replyParser.push(chunk, (end, frame) => {
        if (!this.acceptsReplies) return;
        if (mustSplit) {
          this.takeReply(bytes.subarray(start, offset + end), frame);
          start = offset + end;
        } else if (this.pending.claim(frame)) {
          replies++;
        } else {
          pushes++;
        }
        this.replyIsUnderWay = false;
      });
    } catch {
      this.becomeOpaque();
    }
    if (!this.acceptsReplies) return;
    const rest = bytes.subarray(start);
    if (mustSplit && !this.replyIsUnderWay && !this.isOpaque) {
      this.heldReply = rest;
      return;
    }
    this.replyIsUnderWay = !this.replyParser.atBoundary;
    this.link.toClient(rest, () => this.link.onReplies(replies, pushes));
  }

  private takeRequest(bytes: Buffer, request: RequestFrame): void {
    const struck = this.faults.requests.filter(({ selected }) => selected.takes(request.command));
    // What the server has seen half of cannot be answered in its place any more.
    const fault = struck.find(({ kind }) => kind !== 'answer' || !this.requestIsUnderWay);
    if (fault) fault.hits++;
    switch (fault?.kind) {
      case 'cutBefore':
        this.acceptsRequests = false;
        this.link.toServer(EMPTY, () => this.link.cut(fault.how));
        return;
      case 'answer':
        this.pending.expectAnswer(request.command, fault.answer);
        this.giveAnswers();
        return;
      case 'cutAfter':
        this.acceptsRequests = false;
    }
    this.pending.expect(request, fault?.how);
    this.link.toServer(bytes, () => this.link.onRequest(request));
  }

  private takeReply(bytes: Buffer, frame: ReplyFrame): void {
    const reply = this.pending.claim(frame);
    if (reply?.cut) {
      const how = reply.cut;
      this.acceptsReplies = false;
      this.link.toClient(EMPTY, () => this.link.cut(how));
      return;
    }
    const struck = reply ? this.faults.replies.filter(({ selected }) => selected.takes(reply.command)) : [];
    // What the client has seen half of cannot be dropped any more.
    const fault = struck.find(({ kind }) => kind !== 'dropReply' || !this.replyIsUnderWay);
    if (fault) fault.hits++;
    if (fault?.kind === 'halfReply') this.sendHalf(bytes, fault);
    else if (!fault) this.link.toClient(bytes, () => this.link.onReplies(reply ? 1 : 0, reply ? 0 : 1));
    if (this.acceptsReplies) this.giveAnswers();
  }

  private sendHalf(bytes: Buffer, fault: ReplyFault & { kind: 'halfReply' }): void {
    const half = Math.ceil(bytes.length / 2);
    if (fault.ending === 'cut') {
      this.acceptsReplies = false;
      this.link.toClient(bytes.subarray(0, half), () => this.link.cut(fault.how));
      return;
    }
    this.link.toClient(bytes.subarray(0, half), () => this.link.stall(fault));
    this.link.toClient(bytes.subarray(half), () => this.link.onReplies(1, 0));
  }

  /** Between two replies only; in the middle of one the answers wait for its end. */
  private giveAnswers(): void {
    if (!this.replyParser.atBoundary) return;
    for (const answer of this.pending.takeAnswers()) this.link.toClient(answer);
  }

  private becomeOpaque(): void {
    this.isOpaque = true;
    if (this.heldRequest.length > 0) this.link.toServer(this.heldRequest);
    if (this.heldReply.length > 0) this.link.toClient(this.heldReply);
  }
}
