import fc from 'fast-check';
import { encodeCommand } from './encode-command.js';
import { type RequestFrame, RequestParser } from './request-parser.js';

const argument = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
const commandName = fc.constantFrom('GET', 'set', 'CLIENT', 'HELLO', 'x'.repeat(200));
const request = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(commandName, fc.array(argument, { maxLength: 4 })) },
  { weight: 1, arbitrary: fc.constant('inline' as const) },
  { weight: 1, arbitrary: fc.constantFrom('\r\n', '*0\r\n', '*-1\r\n') },
);

/** The bytes, and what a parser has to find in them: pairs of end and command. */
function stream(requests: readonly (string | readonly [string, Buffer[]])[]) {
  const found: [number, string][] = [];
  let bytes = Buffer.alloc(0);
  for (const one of requests) {
    const isInline = one === 'inline';
    const next = typeof one !== 'string' ? encodeCommand([one[0], ...one[1]]) : isInline ? 'ping a\r\n' : one;
    bytes = Buffer.concat([bytes, Buffer.from(next)]);
    if (isInline) found.push([bytes.length, 'PING']);
    if (typeof one !== 'string') found.push([bytes.length, one[0].length > 128 ? '?' : one[0].toUpperCase()]);
  }
  return { bytes, found };
}

function parse(chunks: readonly Buffer[]) {
  const parser = new RequestParser();
  const found: [number, string][] = [];
  const requests: RequestFrame[] = [];
  let before = 0;
  for (const chunk of chunks) {
    parser.push(chunk, (end, frame) => {
      found.push([before + end, frame.command]);
      requests.push(frame);
    });
    before += chunk.length;
  }
  return { found, requests, atBoundary: parser.atBoundary };
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
}

describe('RequestParser (F3)', () => {
  it('finds the same requests however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (requests, cuts) => {
          const { bytes, found } = stream(requests);
          const result = parse(split(bytes, cuts));
          expect(result.found).toEqual(found);
          expect(result.atBoundary).toBe(true);
        },
      ),
    );
  });

  it('finds the same requests byte by byte', () => {
    const { bytes, found } = stream([['SET', [Buffer.from('*1\r\n$4\r\nPING\r\n')]], 'inline', ['get', []]]);
    expect(parse([...bytes].map((byte) => Buffer.from([byte]))).found).toEqual(found);
  });

  it('tells how many arguments there are, and which, when they name the connection', () => {
    const { requests } = parse([
      Buffer.concat([encodeCommand(['mget', 'a', 'b']), encodeCommand(['CLIENT', 'SETNAME', 'app:shared'])]),
    ]);
    expect(requests).toEqual([
      { command: 'MGET', argumentCount: 2, args: [] },
      { command: 'CLIENT', argumentCount: 2, args: ['SETNAME', 'app:shared'] },
    ]);
  });

  it.each(['*1\r\n:1\r\n', '*x\r\n', '*1\r\n$-1\r\n', `GET ${'k'.repeat(70_000)}`])(
    'refuses %.12j',
    (text) => {
      expect(() => parse([Buffer.from(text)])).toThrow(expect.objectContaining({ code: 'RESP_PROTOCOL' }));
    },
  );
});
