import { RedisUnavailableError } from '../errors/redis-error.js';
import { MemoryFallback } from './memory-fallback.js';
import { RecoveryJournal } from './recovery-journal.js';

type Args = ReadonlyArray<string | number | Buffer>;
type Command = readonly [name: string, ...args: Args];

const failure = new RedisUnavailableError({ message: 'away', outcome: 'not-sent', kind: 'ECONNREFUSED' });
const binary = Buffer.from([0xff, 0xfe]);

let now = 0;

interface Limits {
  maxBytes?: number;
  journalMaxBytes?: number;
  prefixes?: readonly string[];
}

class Bench {
  readonly degraded: string[] = [];
  readonly journal: RecoveryJournal;
  readonly memory: MemoryFallback;

  constructor({ maxBytes = 1_000_000, journalMaxBytes = 1_000_000, prefixes = [] }: Limits = {}) {
    const clock = (): number => now;
    this.journal = new RecoveryJournal({ maxBytes: journalMaxBytes, now: clock, wallUs: () => now * 1_000 });
    this.memory = new MemoryFallback({
      maxBytes,
      prefixes,
      journal: this.journal,
      onDegraded: (reason) => this.degraded.push(reason),
      now: clock,
    });
  }

  /** In an outage. */
  answer(name: string, ...args: Args): unknown {
    return this.memory.answer(name, args, failure);
  }

  /** Redis is there and answers. */
  observe(name: string, args: Args, reply: unknown = 'OK'): void {
    this.memory.observe(name, args, reply);
  }

  entries(): string[] {
    return this.journal.first(100).map(({ kind, key, value }) => [kind, key, value].join(' ').trim());
  }
}

beforeEach(() => (now = 10_000));

describe('B2 memory in an outage', () => {
  it('says where an answer comes from and how old it is', () => {
    const bench = new Bench();
    bench.observe('set', ['written', 'w']);
    now += 100;
    bench.observe('get', ['read'], 'r');
    now += 10;
    bench.answer('set', 'new', 'n');
    now += 1;
    expect(bench.memory.lookup('written')).toEqual({ value: 'w', source: 'memory', ageMs: 111 });
    expect(bench.memory.lookup('read')).toEqual({ value: 'r', source: 'memory', ageMs: 11 });
    expect(bench.memory.lookup('new')).toEqual({ value: 'n', source: 'memory', ageMs: 1 });
    expect(bench.memory.lookup('unknown')).toEqual({ value: null, source: 'memory', ageMs: 0 });
    bench.answer('pexpire', 'written', 5_000);
    expect(bench.memory.lookup('written').ageMs).toBe(111);
  });

  it('tells why it stands in, but not when it is only ahead', () => {
    const bench = new Bench();
    bench.answer('get', 'k');
    bench.memory.answer('get', ['k']);
    expect(bench.degraded).toEqual(['ECONNREFUSED']);
  });

  it('refuses a write that does not fit into the journal, all of it, and keeps what it had', () => {
    const bench = new Bench({ journalMaxBytes: 450 });
    bench.observe('set', ['copy', '1']);
    bench.answer('set', 'k', '1');
    const refusals: Command[] = [['mset', 'k', '2', 'l', '2', 'm', '2'], ['del', 'copy', 'x', 'y'], ['set', 'copy', 'x'.repeat(200)]]; // prettier-ignore
    for (const [name, ...args] of refusals) {
      const attempt = (): unknown => bench.answer(name, ...args);
      expect(attempt).toThrow(RedisUnavailableError);
      expect(attempt).toThrow(expect.objectContaining({ code: 'REDIS_QUEUE_FULL', outcome: 'not-sent' }));
    }
    expect(bench.answer('mget', 'k', 'l', 'm', 'copy')).toEqual(['1', null, null, '1']);
    expect(bench.entries()).toEqual(['set k 1']);
  });
});

describe('B2 what memory remembers of Redis', () => {
  it('a value that was only read stands in for a minute, whatever time to live it is given meanwhile', () => {
    const bench = new Bench();
    bench.observe('mget', ['k', 'l', 'gone'], ['1', '2', null]);
    bench.answer('pexpire', 'l', 3_600_000);
    now += 59_999;
    expect(bench.answer('mget', 'k', 'l', 'gone')).toEqual(['1', '2', null]);
    now += 1;
    expect(bench.answer('mget', 'k', 'l')).toEqual([null, null]);
    expect(bench.answer('ttl', 'l')).toBe(-2);
  });

  it('a value that was written stands in as long as it lives', () => {
    const bench = new Bench();
    bench.observe('set', ['for ever', '1']);
    bench.observe('set', ['brief', '1', 'PX', 1_000]);
    bench.observe('mset', ['m', 5, Buffer.from('ü'), '6']);
    now += 999;
    expect(bench.answer('mget', 'brief', 'm', 'ü')).toEqual(['1', '5', '6']);
    now += 1;
    expect(bench.answer('get', 'brief')).toBeNull();
    now += 86_400_000;
    expect(bench.answer('get', 'for ever')).toBe('1');
  });

  it.each<[...Command]>([
    ['incr', 'k'],
    ['del', 'other', 'k'],
    ['unlink', 'other', 'k'],
    ['pexpire', 'k', 100],
    ['hset', 'k', 'f', 'v'],
    ['lpush', 'k', 'v'],
    ['my.unknown', 'k'],
    ['set', 'k', 'v', 'NX'],
    ['set', 'k', binary],
    ['mset', 'other', '1', 'k', binary],
    ['flushdb'],
    ['flushall'],
  ])('is gone when something else was done to the key: %s', (name, ...args) => {
    const bench = new Bench();
    bench.observe('set', ['k', 'v']);
    bench.answer('set', 'waits', 'v');
    bench.observe(name, args, 1);
    expect(bench.memory.lookup('k').value).toBeNull();
  });

  it('is gone when a read finds nothing', () => {
    const bench = new Bench();
    bench.observe('set', ['k', 'v']);
    bench.observe('get', ['k'], null);
    expect(bench.answer('get', 'k')).toBeNull();
  });

  it('is not changed by other reads', () => {
    const bench = new Bench();
    bench.observe('set', ['k', 'v']);
    for (const name of ['exists', 'ttl', 'type', 'hgetall', 'strlen']) bench.observe(name, ['k'], 0);
    expect(bench.answer('get', 'k')).toBe('v');
  });

  it('is gone with the next write, also when that has left the journal', () => {
    const bench = new Bench();
    bench.observe('mset', ['k', 'old', 'l', 'old']);
    bench.answer('set', 'k', 'new');
    bench.answer('del', 'l');
    for (const key of ['k', 'l']) bench.journal.forget(key);
    expect(bench.answer('mget', 'k', 'l')).toEqual([null, null]);
  });

  it('is gone when Redis has other data than before; the journal is not', () => {
    const bench = new Bench();
    bench.observe('set', ['copy', '1']);
    bench.observe('set', ['expiring', '1']);
    bench.answer('set', 'k', '2');
    bench.answer('pexpire', 'expiring', 5_000);
    bench.memory.forgetCopies();
    expect(bench.answer('mget', 'copy', 'expiring', 'k')).toEqual([null, null, '2']);
    expect(bench.answer('ttl', 'expiring')).toBe(-2);
    expect(bench.entries()).toEqual(['set k 2', 'expire expiring']);
  });

  it('is bounded in bytes, the least recently used go first (A5)', () => {
    const bench = new Bench({ maxBytes: 10_000 });
    bench.observe('set', ['first', 'x']);
    for (let index = 0; index < 100; index++) {
      bench.observe('set', [`k${index}`, 'x'.repeat(500)]);
      bench.answer('get', 'first');
    }
    const { size, itemCount, calculatedSize } = bench.memory.stats;
    expect(calculatedSize).toBeLessThanOrEqual(10_000);
    expect(itemCount).toBe(size);
    expect(itemCount).toBeGreaterThan(4);
    expect(itemCount).toBeLessThan(10);
    expect(bench.answer('mget', 'first', 'k0', 'k99')).toEqual(['x', null, 'x'.repeat(500)]);
    bench.observe('set', ['k99', 'x'.repeat(10_000)]);
    expect(bench.answer('get', 'k99')).toBeNull();
  });

  it('counts what waits in the journal with it (A5)', () => {
    const bench = new Bench();
    expect(bench.memory.stats).toEqual({ size: 0, calculatedSize: 0, itemCount: 0 });
    bench.answer('set', 'k', 'v');
    expect(bench.memory.stats).toEqual({ size: 1, calculatedSize: bench.journal.bytes, itemCount: 1 });
  });
});

describe('B2 memory that is ahead of Redis', () => {
  it('answers for keys with a write that Redis does not have yet, and for no others', () => {
    const bench = new Bench();
    expect(bench.memory.isAhead('get', ['k'])).toBe(false);
    bench.answer('set', 'k', 'v');
    bench.answer('del', 'gone');
    expect(bench.memory.isAhead('get', ['k'])).toBe(true);
    expect(bench.memory.isAhead('get', [Buffer.from('k')])).toBe(true);
    expect(bench.memory.isAhead('mget', ['other', 'gone'])).toBe(true);
    expect(bench.memory.isAhead('mset', ['other', 'k', 'k', '1'])).toBe(true);
    expect(bench.memory.isAhead('mset', ['other', 'k'])).toBe(false);
    expect(bench.memory.isAhead('get', ['other'])).toBe(false);
    bench.journal.forget('k');
    expect(bench.memory.isAhead('get', ['k'])).toBe(false);
  });

  it.each<[...Command]>([
    ['incr', 'cache:k'],
    ['set', 'cache:k', 'v', 'NX'],
    ['mget', 'cache:k', 'user:k'],
    ['mset', 'cache:k', '1', 'user:k', '1'],
    ['del', 'cache:k', 'user:k'],
  ])('B3: does not handle what must not be guessed, though it is ahead: %s %s', (name, ...args) => {
    const bench = new Bench({ prefixes: ['cache:'] });
    bench.answer('set', 'cache:k', 'v');
    expect(bench.memory.isAhead(name, args)).toBe(true);
    expect(bench.memory.handles(name, args)).toBe(false);
  });

  it('is not any more when a later write reached Redis', () => {
    const bench = new Bench();
    bench.answer('mset', 'a', '1', 'b', '1', 'c', '1', 'd', '1');
    bench.observe('set', ['a', '2']);
    bench.observe('mset', ['b', '2']);
    bench.observe('del', ['c']);
    expect(bench.entries()).toEqual(['set d 1']);
    bench.observe('flushdb', []);
    expect(bench.entries()).toEqual([]);
  });

  it('keeps a write, and a delete, when somebody only reads', () => {
    const bench = new Bench();
    bench.answer('set', 'k', 'new');
    bench.answer('del', 'gone');
    bench.observe('get', ['k'], 'old');
    for (const name of ['mget', 'hgetall', 'lrange', 'smembers', 'type'])
      bench.observe(name, ['gone'], ['old']);
    expect(bench.entries()).toEqual(['set k new', 'del gone']);
    expect(bench.answer('mget', 'k', 'gone')).toEqual(['new', null]);
  });

  it('does not take the late answer to a read for news: nothing deleted comes back', () => {
    const bench = new Bench();
    bench.answer('del', 'k', 'l');
    bench.observe('get', ['k'], 'old');
    bench.observe('mget', ['k', 'l', 'm'], ['old', 'old', 'new']);
    for (const entry of bench.journal.first(10)) bench.journal.forget(entry.key, entry);
    expect(bench.answer('mget', 'k', 'l', 'm')).toEqual([null, null, 'new']);
  });
});

describe('B2, B3 keys that are cache-like', () => {
  it('are those with a prefix, where there are prefixes', () => {
    const bench = new Bench({ prefixes: ['cache:', 'page:'] });
    expect(bench.memory.handles('mget', ['cache:a', 'page:b'])).toBe(true);
    expect(bench.memory.handles('mget', ['cache:a', 'user:b'])).toBe(false);
    expect(bench.memory.handles('mset', ['cache:a', 'user:b'])).toBe(true);
    bench.observe('mset', ['cache:a', '1', 'user:a', '1']);
    bench.observe('get', ['user:b'], '1');
    expect(bench.memory.stats.itemCount).toBe(1);
  });

  it('and values are text: bytes are neither changed nor mistaken for others', () => {
    const bench = new Bench();
    for (const [name, ...args] of [['get', binary], ['set', binary, 'v'], ['set', 'k', binary], ['mset', 'k', binary]] as Command[]) {
      expect(bench.memory.handles(name, args)).toBe(false);
      bench.observe(name, args, 'v');
    } // prettier-ignore
    expect(bench.memory.stats.itemCount).toBe(0);
    const text = Buffer.from('ключ');
    bench.answer('set', text, Buffer.from('значение'));
    expect(bench.answer('get', 'ключ')).toBe('значение');
  });
});
