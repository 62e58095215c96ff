import { ConnectionLog, type RedisLog } from './connection-log.js';

const address = { host: 'redis.local', port: 6379, db: 2 };
const failure = (code: string, message = `connect ${code} 10.0.0.1:6379`): Error =>
  Object.assign(new Error(message), { code });

function setUp() {
  const time = { now: 0 };
  const lines: string[] = [];
  const write = (level: string) => (line: string) => lines.push(`${level} ${line}`);
  const logger: RedisLog = { log: write('log'), warn: write('warn'), error: write('error') };
  return { lines, time, log: new ConnectionLog(logger, 'app:shared', () => time.now) };
}

describe('A11 connection log', () => {
  it('writes one line for each state, as pairs that can be searched for', () => {
    const { log, lines } = setUp();
    log.connecting(address);
    log.ready(address);
    log.closed();
    expect(lines).toEqual([
      'log event=connecting connection=app:shared host=redis.local port=6379 db=2',
      'log event=ready connection=app:shared host=redis.local port=6379 db=2',
      'log event=closed connection=app:shared',
    ]);
  });

  it('makes one outage of ten thousand attempts: its start, with what to do, and its end', () => {
    const { log, lines, time } = setUp();
    for (let attempt = 0; attempt < 10_000; attempt++) {
      log.reconnecting(37, failure('ECONNREFUSED'));
      time.now += 2_000;
    }
    log.ready(address);
    expect(lines).toEqual([
      'warn event=reconnecting connection=app:shared inMs=37 reason=ECONNREFUSED Nothing listens there. Start Redis, or check REDIS_URL or REDIS_HOST and REDIS_PORT.',
      'log event=ready connection=app:shared host=redis.local port=6379 db=2 outageMs=20000000 attempts=10000',
    ]);
  });

  it('names every new reason of an outage, each once', () => {
    const { log, lines } = setUp();
    for (let round = 0; round < 50; round++) {
      for (const code of ['ECONNRESET', 'ENOTFOUND', 'ECONNREFUSED']) log.reconnecting(10, failure(code));
    }
    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'warn event=reconnecting',
      'warn event=error',
      'warn event=error',
    ]);
    expect(lines[1]).toContain('reason=ENOTFOUND The host name does not resolve.');
  });

  it('begins anew with the next outage', () => {
    const { log, lines, time } = setUp();
    log.reconnecting(10, failure('ECONNRESET'));
    log.ready(address);
    time.now = 1_000;
    log.reconnecting(10, failure('ECONNRESET'));
    time.now = 1_500;
    log.ready(address);
    expect(lines).toHaveLength(4);
    expect(lines[3]).toContain('outageMs=500 attempts=1');
  });

  it('says so when the other side closed without a word', () => {
    const { log, lines } = setUp();
    log.reconnecting(10, undefined);
    expect(lines[0]).toContain('reason=CONNECTION_CLOSED The other side closed the connection.');
  });

  it('says what happened when it gave up, and what to do', () => {
    const { log, lines } = setUp();
    log.gaveUp(3, failure('ETIMEDOUT'));
    expect(lines).toEqual([
      'error event=gave-up connection=app:shared attempts=3 reason=ETIMEDOUT connect() tries again.',
    ]);
  });

  it('A13 names what cycles and its likely causes', () => {
    const { log, lines } = setUp();
    log.cycling({ connects: 13, windowMs: 30_000, connection: 'app:bull', causes: ['one', 'two'] });
    expect(lines).toEqual([
      'warn event=cycling connection=app:shared connects=13 windowMs=30000 most=app:bull Connections are made over and over. Likely causes: one; two.',
    ]);
  });

  it('never writes what an error says, which may hold a password', () => {
    const { log, lines } = setUp();
    const wrong = Object.assign(new Error('WRONGPASS invalid username-password pair hunter2'), {
      name: 'ReplyError',
    });
    const odd = Object.assign(new Error("ERR unknown command 'AUHT', with args beginning with: 'hunter2'"), {
      name: 'ReplyError',
    });
    for (const reason of [wrong, odd, failure('EODD', 'redis://:hunter2@h'), new Error('hunter2')]) {
      log.reconnecting(10, reason);
      log.gaveUp(1, reason);
    }
    expect(lines).toHaveLength(8);
    expect(lines.join()).not.toContain('hunter2');
  });
});
