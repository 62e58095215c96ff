import { decodeReply, ReplyError } from './decode-reply.js';

const decode = (text: string) => decodeReply(Buffer.from(text));

describe('decodeReply (F3)', () => {
  it('reads every type of RESP2', () => {
    expect(decode('+OK\r\n')).toBe('OK');
    expect(decode(':-7\r\n')).toBe(-7);
    expect(decode('$3\r\n\u00fc!\r\n')).toBe('\u00fc!');
    expect(decode('$-1\r\n')).toBeNull();
    expect(decode('*3\r\n$1\r\na\r\n*1\r\n:1\r\n*-1\r\n')).toEqual(['a', [1], null]);
  });

  it('throws an error reply, with its first word as the code', () => {
    expect(() => decode('-WRONGTYPE Operation against a key\r\n')).toThrow(ReplyError);
    expect(() => decode('-WRONGTYPE Operation against a key\r\n')).toThrow(
      expect.objectContaining({ code: 'WRONGTYPE', message: 'WRONGTYPE Operation against a key' }),
    );
  });

  it('keeps an error among other replies as text', () => {
    expect(decode('*2\r\n-ERR no\r\n+OK\r\n')).toEqual(['ERR no', 'OK']);
  });
});
