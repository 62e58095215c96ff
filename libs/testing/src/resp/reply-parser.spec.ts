import fc from 'fast-check';
import { ReplyParser, type ReplyFrame } from './reply-parser.js';

const line = fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, ' '));
const scalar = fc.oneof(
  fc.tuple(fc.constantFrom('+', '-', ':', '#', ',', '('), line).map(([type, text]) => `${type}${text}\r\n`),
  fc.constantFrom('_\r\n', '$-1\r\n', '*-1\r\n', '*0\r\n', '%0\r\n', '$0\r\n\r\n'),
  fc
    .tuple(fc.constantFrom('$', '!', '='), fc.string({ unit: 'binary', maxLength: 30 }))
    .map(([type, text]) => `${type}${Buffer.byteLength(text)}\r\n${text}\r\n`),
);
const { reply } = fc.letrec<{ reply: string }>((tie) => ({
  reply: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc
      .tuple(fc.constantFrom('*', '~'), fc.array(tie('reply'), { minLength: 1, maxLength: 4 }))
      .map(([type, items]) => `${type}${items.length}\r\n${items.join('')}`),
    fc
      .array(fc.tuple(tie('reply'), tie('reply')), { minLength: 1, maxLength: 3 })
      .map((pairs) => `%${pairs.length}\r\n${pairs.flat().join('')}`),
    fc
      .tuple(fc.array(fc.tuple(tie('reply'), tie('reply')), { maxLength: 2 }), tie('reply'))
      .map(([pairs, value]) => `|${pairs.length}\r\n${pairs.flat().join('')}${value}`),
  ),
}));

function parse(chunks: readonly Buffer[]) {
  const parser = new ReplyParser();
  const ends: number[] = [];
  const frames: ReplyFrame[] = [];
  let before = 0;
  for (const chunk of chunks) {
    parser.push(chunk, (end, frame) => {
      ends.push(before + end);
      frames.push(frame);
    });
    before += chunk.length;
  }
  return { ends, frames, atBoundary: parser.atBoundary };
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
}

describe('ReplyParser (F3)', () => {
  it('finds the end of every reply however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(reply, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (replies, cuts) => {
          let length = 0;
          const ends = replies.map((text) => (length += Buffer.byteLength(text)));
          const result = parse(split(Buffer.from(replies.join('')), cuts));
          expect(result.ends).toEqual(ends);
          expect(result.atBoundary).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('tells the type, and what a message is about', () => {
    const text =
      '>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n' +
      '*1\r\n$9\r\nsubscribe\r\n' +
      '*1\r\n:1\r\n' +
      '+OK\r\n';
    for (const chunks of [[Buffer.from(text)], [...text].map((char) => Buffer.from(char))]) {
      expect(parse(chunks).frames).toEqual([
        { type: '>', kind: 'message' },
        { type: '*', kind: 'subscribe' },
        { type: '*', kind: '' },
        { type: '+', kind: '' },
      ]);
    }
  });

  it('looks through attributes at the reply they belong to', () => {
    const { frames, ends } = parse([Buffer.from('|1\r\n+ttl\r\n:3\r\n$2\r\nok\r\n:1\r\n')]);
    expect(frames.map(({ type }) => type)).toEqual(['$', ':']);
    expect(ends).toEqual([22, 26]);
  });

  it.each(['HTTP/1.1 400', '$x\r\n'])('refuses %j', (text) => {
    expect(() => parse([Buffer.from(text)])).toThrow(expect.objectContaining({ code: 'RESP_PROTOCOL' }));
  });
});
