import * as fc from 'fast-check';
import { MemoryFallback } from './memory-fallback.js';
import { type JournalEntry, RecoveryJournal } from './recovery-journal.js';

type Command = readonly [name: string, ...args: ReadonlyArray<string | number | Buffer>];

let now = 0;

/** The few commands that are cache-like, as plainly as they can be written: what memory is compared with. */
class ModelRedis {
  readonly #values = new Map<string, { value: string; expiresAt: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  run(name: string, args: readonly unknown[]): unknown {
    const texts = args.map(String);
    const [key = '', value = ''] = texts;
    switch (name) {
      case 'get':
        return this.#get(key);
      case 'mget':
        return texts.map((each) => this.#get(each));
      case 'exists':
        return texts.filter((each) => this.#get(each) !== null).length;
      case 'ttl':
        return this.#ttl(key);
      case 'set':
        this.#set(key, value, texts[2] === 'PX' ? this.#now() + Number(texts[3]) : Infinity);
        return 'OK';
      case 'mset':
        for (let at = 0; at < texts.length; at += 2) this.#set(texts[at] as string, texts[at + 1] as string);
        return 'OK';
      case 'del':
        return texts.filter((each) => this.#get(each) !== null && this.#values.delete(each)).length;
      case 'pexpire':
        return this.#expire(key, this.#now() + Number(value));
      default:
        throw new Error(`the model does not know ${name}`);
    }
  }

  /** As apply-entry.lua does. */
  apply({ kind, key, value = '', expiresAt }: JournalEntry): void {
    if (kind === 'del') this.#values.delete(key);
    else if (kind === 'expire') this.#expire(key, expiresAt);
    else this.#set(key, value, expiresAt);
  }

  /** Everything that has not expired. */
  contents(): Record<string, unknown> {
    return Object.fromEntries([...this.#values].filter(([key]) => this.#get(key) !== null).sort());
  }

  /** Milliseconds the key has left. */
  leftMs(key: string): number {
    return (this.#values.get(key)?.expiresAt ?? Infinity) - this.#now();
  }

  #get(key: string): string | null {
    const held = this.#values.get(key);
    return held !== undefined && held.expiresAt > this.#now() ? held.value : null;
  }

  #set(key: string, value: string, expiresAt = Infinity): void {
    this.#values.set(key, { value, expiresAt });
  }

  #expire(key: string, expiresAt: number): 0 | 1 {
    const value = this.#get(key);
    if (value === null) return 0;
    this.#set(key, value, expiresAt);
    return 1;
  }

  #ttl(key: string): number {
    if (this.#get(key) === null) return -2;
    const leftMs = (this.#values.get(key)?.expiresAt ?? 0) - this.#now();
    return leftMs === Infinity ? -1 : Math.floor((leftMs + 500) / 1_000);
  }
}

function openMemory(): { journal: RecoveryJournal; memory: MemoryFallback } {
  const clock = (): number => now;
  const journal = new RecoveryJournal({ maxBytes: 1_000_000, now: clock, wallUs: () => now * 1_000 });
  const onDegraded = (): void => undefined;
  const memory = new MemoryFallback({ maxBytes: 1_000_000, prefixes: [], journal, onDegraded, now: clock });
  return { journal, memory };
}

const key = fc.constantFrom('a', 'b', 'c');
const keys = fc.array(key, { minLength: 1, maxLength: 3 });
const value = fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.constant(Buffer.from('ü')));
const ttlMs = fc.integer({ min: 1, max: 4_000 });
const set: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(fc.constant('set'), key, value),
  fc.tuple(fc.constant('set'), key, value, fc.constant('PX'), ttlMs),
);
const write: fc.Arbitrary<Command> = fc.oneof(
  set,
  fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 3 }).map((pairs): Command => ['mset', ...pairs.flat()]),
  keys.map((some): Command => ['del', ...some]),
  fc.tuple(fc.constant('pexpire'), key, ttlMs),
); // prettier-ignore
const read: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(fc.constant('get'), key),
  fc.tuple(fc.constant('ttl'), key),
  keys.map((some): Command => ['mget', ...some]),
  keys.map((some): Command => ['exists', ...some]),
);
const long = { maxLength: 60, size: 'max' } as const;
const pass = fc.record({ passMs: fc.integer({ min: 1, max: 3_000 }) });

describe('B2 memory against a model of Redis', () => {
  it('answers as Redis would, whatever is asked', () => {
    const setUp = fc.array(set, { maxLength: 4 });
    const steps = fc.array(fc.oneof(write, read, read, pass), long);
    fc.assert(
      fc.property(setUp, steps, (before, outage) => {
        const { memory } = openMemory();
        const redis = new ModelRedis(() => now);
        for (const [name, ...args] of before) memory.observe(name, args, redis.run(name, args));
        for (const step of outage) {
          if ('passMs' in step) now += step.passMs;
          else {
            const [name, ...args] = step;
            expect(memory.handles(name, args)).toBe(true);
            expect(memory.answer(name, args)).toEqual(redis.run(name, args));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves a journal that brings Redis to what callers were told, over any number of outages', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: write },
      { weight: 3, arbitrary: read },
      { weight: 2, arbitrary: pass },
      { weight: 1, arbitrary: fc.record({ up: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ send: fc.integer({ min: 1, max: 2 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, long), (steps) => {
        const { journal, memory } = openMemory();
        const redis = new ModelRedis(() => now);
        const told = new ModelRedis(() => now);
        let up = true;
        const send = (count: number): void => {
          for (const entry of journal.first(count)) {
            redis.apply(entry);
            journal.forget(entry.key, entry);
          }
        };
        for (const each of steps) {
          if ('passMs' in each) now += each.passMs;
          else if ('up' in each) up = each.up;
          else if ('send' in each) send(up ? each.send : 0);
          else {
            const [name, ...args] = each;
            const fromRedis = up && !memory.isAhead(name, args);
            // In an outage a key can be made to live shorter. Redis does not hear of longer before it lets it go.
            if (name === 'pexpire' && !fromRedis && Number(args[1]) > redis.leftMs(String(args[0]))) continue;
            const reply = fromRedis ? redis.run(name, args) : memory.answer(name, args);
            if (fromRedis) memory.observe(name, args, reply);
            // A copy that memory does not have is a miss: then nothing was promised.
            if (name !== 'pexpire' || reply === 1) told.run(name, args);
          }
        }
        send(Infinity);
        expect(redis.contents()).toEqual(told.contents());
        expect([journal.size, journal.bytes]).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
