import { RespProtocolError } from './protocol-error.js';

/** One complete request of a client. */
export interface RequestFrame {
  /** Name of the command in upper case. */
  command: string;
  /** Number of its arguments, the name not counted. */
  argumentCount: number;
  /** The arguments, of the commands that name a connection (`CLIENT`, `HELLO`); empty for all others. */
  args: readonly string[];
}

const enum State {
  Start,
  Inline,
  ArrayLength,
  BulkType,
  BulkLength,
  Body,
}

const LF = 10;
const CR = 13;
const DOLLAR = 36;
const STAR = 42;
const MINUS = 45;
const ZERO = 48;
const MAX_KEPT_LENGTH = 128;
const MAX_INLINE_LENGTH = 65_536;
const COMMANDS_WITH_KEPT_ARGUMENTS = new Set(['CLIENT', 'HELLO']);

/**
 * Finds where requests end in the bytes of a client, arrays of bulk strings and inline commands, however they
 * are cut into chunks. Keeps the command's name, skips the rest.
 */
export class RequestParser {
  private state = State.Start;
  private length = 0;
  private negative = false;
  private elements = 0;
  private index = 0;
  private remaining = 0;
  private keeping = false;
  private text = '';
  private command = '';
  private args: string[] = [];
  private isComplete = false;

  /** Whether the bytes so far end with a complete request. */
  get atBoundary(): boolean {
    return this.state === State.Start;
  }

  /**
   * Reads a chunk; calls `onRequest` for each request that ends in it with the offset behind its last byte.
   *
   * @throws {RespProtocolError} on bytes that are not RESP; the parser is of no use afterwards.
   */
  push(chunk: Buffer, onRequest: (end: number, request: RequestFrame) => void): void {
    let at = 0;
    while (at < chunk.length) {
      at = this.step(chunk, at);
      if (this.isComplete) {
        this.isComplete = false;
        onRequest(at, { command: this.command, args: this.args, argumentCount: this.elements - 1 });
      }
    }
  }

  /** Reads on from `at` up to the end of one token or of the chunk; answers where it stopped. */
  private step(chunk: Buffer, at: number): number {
    switch (this.state) {
      case State.Start:
        this.text = '';
        this.state = chunk[at] === STAR ? State.ArrayLength : State.Inline;
        if (this.state === State.Inline) return at;
        this.beginLength();
        return at + 1;
      case State.Inline:
        return this.readInline(chunk, at);
      case State.ArrayLength:
        if (this.readLength(chunk[at]!)) this.beginArray();
        return at + 1;
      case State.BulkType:
        if (chunk[at] !== DOLLAR)
          throw new RespProtocolError('An argument of a request is not a bulk string');
        this.state = State.BulkLength;
        this.beginLength();
        return at + 1;
      case State.BulkLength:
        if (this.readLength(chunk[at]!)) this.beginBody();
        return at + 1;
      case State.Body:
        return this.readBody(chunk, at);
    }
  }

  private beginLength(): void {
    this.length = 0;
    this.negative = false;
  }

  private readLength(byte: number): boolean {
    if (byte >= ZERO && byte <= ZERO + 9) this.length = this.length * 10 + (byte - ZERO);
    else if (byte === MINUS) this.negative = true;
    else if (byte !== CR && byte !== LF) throw new RespProtocolError('A length in a request is not a number');
    return byte === LF;
  }

  private beginArray(): void {
    this.elements = this.negative ? 0 : this.length;
    this.index = 0;
    this.args = [];
    // Redis skips an empty array without a reply.
    this.state = this.elements === 0 ? State.Start : State.BulkType;
  }

  private beginBody(): void {
    if (this.negative) throw new RespProtocolError('An argument of a request has a negative length');
    this.state = State.Body;
    this.remaining = this.length + 2;
    this.text = '';
    this.keeping =
      this.length <= MAX_KEPT_LENGTH && (this.index === 0 || COMMANDS_WITH_KEPT_ARGUMENTS.has(this.command));
  }

  private readBody(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.remaining);
    if (this.keeping) this.text += chunk.toString('latin1', at, end);
    this.remaining -= end - at;
    if (this.remaining === 0) this.endBody();
    return end;
  }

  private endBody(): void {
    const text = this.keeping ? this.text.slice(0, -2) : '';
    if (this.index === 0) this.command = text.toUpperCase() || '?';
    else if (this.keeping) this.args.push(text);
    this.index++;
    this.isComplete = this.index === this.elements;
    this.state = this.isComplete ? State.Start : State.BulkType;
  }

  private readInline(chunk: Buffer, at: number): number {
    const lineEnd = chunk.indexOf(LF, at);
    const end = lineEnd === -1 ? chunk.length : lineEnd + 1;
    this.text += chunk.toString('latin1', at, end);
    if (this.text.length > MAX_INLINE_LENGTH) throw new RespProtocolError('An inline command is too long');
    if (lineEnd === -1) return end;
    const words = this.text.split(/\s+/).filter(Boolean);
    this.state = State.Start;
    // Redis skips an empty line without a reply.
    this.isComplete = words.length > 0;
    this.command = words[0]?.toUpperCase() ?? '';
    this.elements = words.length;
    this.args = COMMANDS_WITH_KEPT_ARGUMENTS.has(this.command) ? words.slice(1) : [];
    return end;
  }
}
