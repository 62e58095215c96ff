import * as fc from 'fast-check';
import { type JournalEntry, type JournalWrite, RecoveryJournal } from './recovery-journal.js';

let now: number;
let wallUs: number;
beforeEach(() => {
  now = 1_000;
  wallUs = 5_000_000;
});

const open = (maxBytes = 1_000_000): RecoveryJournal =>
  new RecoveryJournal({ maxBytes, now: () => now, wallUs: () => wallUs });

const set = (key: string, value: string, ttlMs?: number): JournalWrite => ({
  kind: 'set',
  key,
  value,
  ttlMs,
});
const del = (key: string): JournalWrite => ({ kind: 'del', key });
const expire = (key: string, ttlMs: number): JournalWrite => ({ kind: 'expire', key, ttlMs });

const brief = ({ kind, key, value }: JournalEntry): string =>
  [kind, key, value].filter((part) => part !== undefined).join(' ');
const all = (journal: RecoveryJournal): string[] => journal.first(Infinity).map(brief);

describe('B2 the recovery journal', () => {
  it('keeps the last write of each key, the oldest first', () => {
    const journal = open();
    for (const write of [set('a', '1'), set('b', '1'), del('c'), set('a', '2'), expire('d', 50)]) {
      expect(journal.record([write])).toBe(true);
    }
    expect(all(journal)).toEqual(['set b 1', 'del c', 'set a 2', 'expire d']);
    expect(journal.first(2).map(brief)).toEqual(['set b 1', 'del c']);
    expect(journal.first(0)).toEqual([]);
    expect(journal.size).toBe(4);
    expect(journal.get('a')).toMatchObject({
      kind: 'set',
      value: '2',
      expiresAt: Infinity,
      writtenAt: 1_000,
    });
    expect(journal.get('never')).toBeUndefined();
  });

  it('keeps a delete as a tombstone, and a write after it in its place', () => {
    const journal = open();
    journal.record([set('k', '1')]);
    journal.record([del('k')]);
    expect(all(journal)).toEqual(['del k']);
    journal.record([set('k', '2')]);
    expect(all(journal)).toEqual(['set k 2']);
  });

  it.each([set('k', 'v', 100), expire('k', 100)])('makes a tombstone of what has expired: %j', (write) => {
    const journal = open();
    journal.record([write]);
    now += 99;
    expect(journal.get('k')).toMatchObject({ kind: write.kind, expiresAt: 1_100 });
    now += 1;
    expect(all(journal)).toEqual(['del k']);
    expect(journal.get('k')).toMatchObject({ kind: 'del', writtenAtUs: 5_000_000 });
    journal.forget('k', journal.first(1)[0]);
    expect([journal.size, journal.bytes]).toEqual([0, 0]);
  });

  it('records writes together or not at all, and is as it was when they do not fit', () => {
    const journal = open(700);
    journal.record([set('a', '1'), set('b', '1')]);
    const before = [journal.bytes, ...all(journal)];
    expect(journal.record([set('c', '1'), set('d', '1')])).toBe(false);
    expect(journal.record([set('a', 'x'.repeat(200))])).toBe(false);
    expect([journal.bytes, ...all(journal)]).toEqual(before);
    expect(journal.record([set('c', '1')])).toBe(true);
  });

  it('takes a smaller write in the place of a larger one, also when it is full', () => {
    const journal = open(304);
    expect(journal.record([set('k', 'x'.repeat(51))])).toBe(true);
    expect(journal.bytes).toBe(304);
    expect(journal.record([del('other')])).toBe(false);
    expect(journal.record([del('k')])).toBe(true);
    expect(journal.bytes).toBe(202);
  });

  it('counts a key that is written twice at once as one, the last', () => {
    const journal = open();
    journal.record([set('k', 'x'.repeat(500)), set('k', '1')]);
    expect(all(journal)).toEqual(['set k 1']);
    expect(journal.bytes).toBe(204);
  });

  it('forgets a key, but with an older entry nothing', () => {
    const journal = open();
    journal.record([set('k', '1')]);
    const older = journal.get('k') as JournalEntry;
    journal.record([set('k', '2')]);
    journal.forget('k', older);
    expect(all(journal)).toEqual(['set k 2']);
    journal.forget('k', journal.get('k'));
    journal.forget('k');
    expect([journal.size, journal.bytes]).toEqual([0, 0]);
    journal.record([set('k', '3')]);
    journal.forget('k');
    expect(journal.size).toBe(0);
  });

  it('tells entries apart by time also when the clock stands still or is set back', () => {
    const journal = open();
    const stamps = [0, 0, -3_000_000, 10].map((stepUs) => {
      wallUs += stepUs;
      journal.record([set('k', '1')]);
      return journal.get('k')?.writtenAtUs;
    });
    expect(stamps).toEqual([5_000_000, 5_000_001, 5_000_002, 5_000_003]);
    wallUs = 9_000_000;
    journal.record([set('k', '1')]);
    expect(journal.get('k')?.writtenAtUs).toBe(9_000_000);
  });

  it('counts its bytes exactly, whatever is written and forgotten', () => {
    const key = fc.constantFrom('a', 'b', 'a longer key', 'ключ');
    const write = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), key, value: fc.string({ maxLength: 40 }) }),
      fc.record({ kind: fc.constant('del' as const), key }),
      fc.record({ kind: fc.constant('expire' as const), key, ttlMs: fc.nat(50) }),
    );
    const step = fc.oneof(
      fc.array(write, { minLength: 1, maxLength: 4 }),
      fc.record({ forget: key }),
      fc.record({ passMs: fc.nat(30) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), fc.integer({ min: 200, max: 1_500 }), (steps, maxBytes) => {
        const journal = open(maxBytes);
        const model = new Map<string, JournalWrite>();
        const bytesOf = (writes: Map<string, JournalWrite>): number =>
          [...writes.values()].reduce((sum, of) => sum + 200 + 2 * of.key.length + 2 * (of.value ?? '').length, 0);
        for (const each of steps) {
          if ('passMs' in each) now += each.passMs;
          else if ('forget' in each) {
            journal.forget(each.forget);
            model.delete(each.forget);
          } else {
            const next = new Map([...model, ...each.map((of): [string, JournalWrite] => [of.key, of])]);
            expect(journal.record(each)).toBe(bytesOf(next) <= maxBytes);
            if (bytesOf(next) <= maxBytes) for (const [name, of] of next) model.set(name, of);
          }
          expect(journal.size).toBe(model.size);
          expect(journal.bytes).toBe(bytesOf(model));
        }
        for (const entry of journal.first(100)) journal.forget(entry.key, entry);
        expect([journal.size, journal.bytes]).toEqual([0, 0]);
      }),
    ); // prettier-ignore
  });

  it('is empty when it is cleared', () => {
    const journal = open();
    journal.record([set('k', '1'), del('l')]);
    journal.clear();
    expect([journal.size, journal.bytes, journal.first(1)]).toEqual([0, 0, []]);
  });
});
