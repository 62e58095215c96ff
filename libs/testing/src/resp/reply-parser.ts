import { RespProtocolError } from './protocol-error.js';

/** One complete reply (or push message) of a server. */
export interface ReplyFrame {
  /** The RESP type byte as a character: `+ - : $ * _ # , ( ! = % ~ >`. */
  type: string;
  /** The first element of an array or push when it is a short bulk string, else ''; tells a message from a reply. */
  kind: string;
}

const enum State {
  Type,
  Line,
  Length,
  Body,
}

const LF = 10;
const CR = 13;
const MINUS = 45;
const ZERO = 48;
const MAX_KIND_LENGTH = 16;

/**
 * Finds where replies end in the bytes of a server, RESP2 and RESP3 (streamed types excepted), however they
 * are cut into chunks. Keeps no payload: bulk bodies are skipped, not copied.
 */
export class ReplyParser {
  private state = State.Type;
  /** Elements still to come, innermost aggregate last; empty between replies. */
  private readonly owed: number[] = [];
  private elementType = '';
  private length = 0;
  private negative = false;
  private remaining = 0;
  private type = '';
  private kind = '';
  private expectsKind = false;
  private kindBytesLeft = 0;

  /** Whether the bytes so far end with a complete reply. */
  get atBoundary(): boolean {
    return this.owed.length === 0;
  }

  /**
   * Reads a chunk; calls `onFrame` for each reply that ends in it with the offset behind its last byte.
   *
   * @throws {RespProtocolError} on bytes that are not RESP; the parser is of no use afterwards.
   */
  push(chunk: Buffer, onFrame: (end: number, frame: ReplyFrame) => void): void {
    let at = 0;
    while (at < chunk.length) {
      at = this.step(chunk, at);
      if (this.state === State.Type && this.closeFinishedAggregates()) {
        onFrame(at, { type: this.type, kind: this.kind });
      }
    }
  }

  /** Reads on from `at` up to the end of one token or of the chunk; answers where it stopped. */
  private step(chunk: Buffer, at: number): number {
    switch (this.state) {
      case State.Type:
        this.beginElement(String.fromCharCode(chunk[at]!));
        return at + 1;
      case State.Line: {
        const lineEnd = chunk.indexOf(LF, at);
        if (lineEnd === -1) return chunk.length;
        this.state = State.Type;
        return lineEnd + 1;
      }
      case State.Length:
        this.readLength(chunk[at]!);
        return at + 1;
      case State.Body: {
        const end = Math.min(chunk.length, at + this.remaining);
        if (this.kindBytesLeft > 0) this.readKind(chunk, at, end);
        this.remaining -= end - at;
        if (this.remaining === 0) this.state = State.Type;
        return end;
      }
    }
  }

  private beginElement(type: string): void {
    const level = this.owed.length;
    if (level === 0) {
      this.owed.push(1);
      this.kind = '';
      this.expectsKind = false;
    }
    this.owed[this.owed.length - 1]!--;
    if (this.owed.length === 1) this.type = type;
    this.elementType = type;
    if ('+-:_#,('.includes(type)) {
      this.state = State.Line;
      this.expectsKind = false;
    } else if ('$*!=%~>|'.includes(type)) {
      this.state = State.Length;
      this.length = 0;
      this.negative = false;
    } else {
      throw new RespProtocolError(`A reply cannot begin with ${JSON.stringify(type)}`);
    }
  }

  private readLength(byte: number): void {
    if (byte >= ZERO && byte <= ZERO + 9) this.length = this.length * 10 + (byte - ZERO);
    else if (byte === MINUS) this.negative = true;
    else if (byte === LF) this.beginContent();
    else if (byte !== CR) throw new RespProtocolError('The length of a reply is not a number');
  }

  private beginContent(): void {
    this.state = State.Type;
    const expectsKind = this.expectsKind;
    this.expectsKind = false;
    if (this.negative) return;
    switch (this.elementType) {
      case '$':
      case '!':
      case '=':
        this.state = State.Body;
        this.remaining = this.length + 2;
        this.kindBytesLeft = expectsKind && this.length <= MAX_KIND_LENGTH ? this.length : 0;
        return;
      case '|':
        // Attributes stand before the element they describe: that one is still owed.
        this.owed[this.owed.length - 1]! += 1 + 2 * this.length;
        return;
      default: {
        const elements = this.elementType === '%' ? 2 * this.length : this.length;
        this.expectsKind = this.owed.length === 1 && '*>'.includes(this.elementType);
        if (this.expectsKind) this.kind = '';
        if (elements > 0) this.owed.push(elements);
      }
    }
  }

  private readKind(chunk: Buffer, from: number, to: number): void {
    const end = Math.min(to, from + this.kindBytesLeft);
    this.kind += chunk.toString('latin1', from, end);
    this.kindBytesLeft -= end - from;
  }

  /** Answers whether that ended a whole reply. */
  private closeFinishedAggregates(): boolean {
    while (this.owed.length > 0 && this.owed[this.owed.length - 1] === 0) this.owed.pop();
    return this.owed.length === 0;
  }
}
