import type { Redis } from 'ioredis';
import { Heartbeat, type HeartbeatVerdict, type Pulse, readPulse } from './heartbeat.js';

const beatMs = 50;
const quiet: Pulse = { bytesRead: 100, canPing: true, awaitsReply: false, blockMs: 0 };

/** Beats from the last sign of life on, and notes when something other than `alive` is said. */
function listen(
  pulseAt: (ms: number) => Pulse,
  untilMs: number,
  options = { intervalMs: 1_000, timeoutMs: 2_000 },
) {
  const heartbeat = new Heartbeat(options, beatMs);
  const said: Array<[verdict: HeartbeatVerdict, atMs: number]> = [];
  for (let ms = 0; ms <= untilMs; ms += beatMs) {
    const verdict = heartbeat.beat(ms, pulseAt(ms));
    if (verdict !== 'alive') said.push([verdict, ms]);
    if (verdict === 'half-open') break;
  }
  return said;
}

describe('B4 heartbeat', () => {
  it('sends one PING within the interval, and finds the connection half-open within 3 s of silence', () => {
    const said = listen(() => quiet, 60_000);
    expect(said.map(([verdict]) => verdict)).toEqual(['ping', 'half-open']);
    const [[, pingAt] = [], [, foundAt] = []] = said;
    expect(pingAt).toBeGreaterThan(800);
    expect(pingAt).toBeLessThanOrEqual(1_000);
    // The next look may come a beat late.
    expect(foundAt).toBeLessThanOrEqual(3_000 - beatMs);
    expect(foundAt).toBeGreaterThan(2_700);
  });

  it('keeps to whatever interval and time-out it is given', () => {
    const said = listen(() => quiet, 60_000, { intervalMs: 200, timeoutMs: 400 });
    expect(said).toEqual([
      ['ping', expect.any(Number)],
      ['half-open', expect.any(Number)],
    ]);
    expect(said[1]?.[1]).toBeLessThanOrEqual(600);
  });

  it('says nothing while bytes arrive', () => {
    expect(listen((ms) => ({ ...quiet, bytesRead: ms }), 10_000)).toEqual([]);
  });

  it('takes the answer to its PING, or anything else that arrives, for life, and begins anew', () => {
    const said = listen((ms) => ({ ...quiet, bytesRead: ms < 1_500 ? 1 : 2 }), 2_900);
    expect(said.map(([verdict]) => verdict)).toEqual(['ping', 'ping']);
  });

  it('takes commands that are sent without an answer for silence', () => {
    const said = listen(() => ({ ...quiet, awaitsReply: true }), 10_000);
    expect(said.at(-1)?.[0]).toBe('half-open');
  });

  it('does not take a pause of this process for silence', () => {
    const heartbeat = new Heartbeat({ intervalMs: 1_000, timeoutMs: 2_000 }, beatMs);
    heartbeat.beat(0, quiet);
    heartbeat.beat(50, quiet);
    expect(heartbeat.beat(60_000, quiet)).toBe('alive');
    let verdict: HeartbeatVerdict = 'alive';
    let now = 60_000;
    while (verdict === 'alive') verdict = heartbeat.beat((now += beatMs), quiet);
    expect(verdict).toBe('ping');
    expect(heartbeat.beat(now + 60_000, quiet)).toBe('alive');
  });

  it('does not take a new socket for the old one', () => {
    const heartbeat = new Heartbeat({ intervalMs: 1_000, timeoutMs: 2_000 }, beatMs);
    for (let ms = 0; ms <= 2_500; ms += beatMs) heartbeat.beat(ms, quiet);
    heartbeat.reset();
    for (let ms = 2_550; ms <= 3_300; ms += beatMs) expect(heartbeat.beat(ms, quiet)).toBe('alive');
  });
});

describe('B4 heartbeat of a connection that blocks', () => {
  const blocked = (blockMs: number): Pulse => ({ ...quiet, canPing: false, awaitsReply: true, blockMs });

  it('waits for the block time on top, and sends no PING behind the command', () => {
    const [found, ...more] = listen(() => blocked(5_000), 60_000);
    expect(more).toEqual([]);
    expect(found?.[0]).toBe('half-open');
    expect(found?.[1]).toBeGreaterThan(5_000);
    expect(found?.[1]).toBeLessThanOrEqual(7_000);
  });

  it('finds nothing while the command may block for ever', () => {
    expect(listen(() => blocked(Infinity), 3_600_000)).toEqual([]);
  });

  it('finds a handshake that gets no answer, where PING cannot be sent yet', () => {
    const said = listen(() => ({ ...quiet, bytesRead: 0, canPing: false, awaitsReply: true }), 10_000);
    expect(said).toEqual([['half-open', expect.any(Number)]]);
    expect(said[0]?.[1]).toBeLessThanOrEqual(2_000);
  });

  it('is content while nothing was asked and nothing can be', () => {
    expect(listen(() => ({ ...quiet, canPing: false }), 60_000)).toEqual([]);
  });
});

describe('B4 reading the pulse of a client', () => {
  const client = (
    status: string,
    stream: object | undefined,
    front?: { name: string; args: unknown[] },
  ): Redis =>
    ({ status, stream, commandQueue: { peekFront: () => front && { command: front } } }) as unknown as Redis;
  const open = { bytesRead: 7, writable: true, destroyed: false };

  it.each([
    ['wait', undefined],
    ['connecting', open],
    ['close', open],
    ['reconnecting', open],
    ['end', open],
    ['ready', { ...open, destroyed: true }],
  ])('finds none in the status %s with the socket %p', (status, stream) => {
    expect(readPulse(client(status, stream))).toBeUndefined();
  });

  it('can PING an idle connection', () => {
    expect(readPulse(client('ready', open))).toEqual({
      bytesRead: 7,
      canPing: true,
      awaitsReply: false,
      blockMs: 0,
    });
  });

  it('can PING behind a command that does not block', () => {
    expect(readPulse(client('ready', open, { name: 'get', args: ['key'] }))).toMatchObject({
      canPing: true,
      awaitsReply: true,
    });
  });

  it('cannot PING behind a command that blocks, nor before the handshake is over, nor into a closing socket', () => {
    expect(readPulse(client('ready', open, { name: 'blpop', args: ['key', 5] }))).toMatchObject({
      canPing: false,
      blockMs: 5_000,
    });
    expect(readPulse(client('connect', open))).toMatchObject({ canPing: false });
    expect(readPulse(client('ready', { ...open, writable: false }))).toMatchObject({ canPing: false });
  });
});
