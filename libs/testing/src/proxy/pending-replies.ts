import type { ReplyFrame } from '../resp/reply-parser.js';
import type { RequestFrame } from '../resp/request-parser.js';
import type { CutHow } from './fault.js';

/** A reply that a client waits for. */
export interface PendingReply {
  command: string;
  /** Confirmations still to come, for subscribing commands; 0 for those with one reply. */
  confirmations: number;
  /** The reply, when the proxy gives it and not the server. */
  answer?: Buffer;
  /** Cut the connection in place of the reply. */
  cut?: CutHow;
}

const CONFIRMATIONS = new Set([
  'subscribe',
  'psubscribe',
  'ssubscribe',
  'unsubscribe',
  'punsubscribe',
  'sunsubscribe',
]);
const MESSAGES = new Set(['message', 'pmessage', 'smessage']);

/**
 * Tells which request a reply belongs to: replies come in the order of requests, with push messages between.
 * `MONITOR` and `CLIENT REPLY` are beyond it.
 */
export class PendingReplies {
  private readonly queue: PendingReply[] = [];
  private special = 0;
  private hasSubscribed = false;

  /** Whether a reply is pending that the connection has to treat differently. */
  get hasSpecial(): boolean {
    return this.special > 0;
  }

  /** A request went to the server. */
  expect({ command, argumentCount }: RequestFrame, cut?: CutHow): void {
    const subscribes = CONFIRMATIONS.has(command.toLowerCase());
    this.hasSubscribed ||= subscribes;
    const pending: PendingReply = {
      command,
      confirmations: subscribes ? Math.max(1, argumentCount) : 0,
    };
    if (cut) {
      pending.cut = cut;
      this.special++;
    }
    this.queue.push(pending);
  }

  /** A request will be answered by the proxy, after the replies to those before it. */
  expectAnswer(command: string, answer: Buffer): void {
    this.queue.push({ command, confirmations: 0, answer });
    this.special++;
  }

  /** The answers whose turn it is. */
  takeAnswers(): Buffer[] {
    const answers: Buffer[] = [];
    while (this.queue[0]?.answer) answers.push(this.shift().answer!);
    return answers;
  }

  /** The request that this reply completes; undefined for a push message. */
  claim(frame: ReplyFrame): PendingReply | undefined {
    const first = this.queue[0];
    if (!first || first.answer) return undefined;
    if (first.confirmations > 0) {
      if (frame.type === '-') return this.shift();
      if (!CONFIRMATIONS.has(frame.kind)) return undefined;
      first.confirmations--;
      return first.confirmations === 0 ? this.shift() : undefined;
    }
    if (frame.type === '>') return undefined;
    // With RESP2 a subscriber's messages look like replies.
    if (this.hasSubscribed && frame.type === '*' && MESSAGES.has(frame.kind)) return undefined;
    return this.shift();
  }

  private shift(): PendingReply {
    const first = this.queue.shift()!;
    if (first.answer ?? first.cut) this.special--;
    return first;
  }
}
