import * as fc from 'fast-check';
import { ManualClock } from '../clock/manual-clock.js';
import { BoundedStore } from './bounded-store.js';
import { ENTRY_OVERHEAD_BYTES as OVERHEAD } from './entry-bytes.js';

/** Bytes of an entry with a key of one character. */
const entryBytes = (valueBytes: number) => 2 + valueBytes + OVERHEAD;

describe('bounded store (B2)', () => {
  let clock: ManualClock;
  beforeEach(() => {
    clock = new ManualClock(5000);
  });

  it('holds 100 MB unless told otherwise (B2)', () => {
    expect(new BoundedStore().stats().maxBytes).toBe(100 * 1024 * 1024);
  });

  it('returns what was stored, until it is deleted (B2)', () => {
    const store = new BoundedStore<string>({ clock });
    expect(store.set('a', 'one')).toBe(true);
    expect(store.get('a')).toBe('one');
    expect(store.delete('a')).toBe(true);
    expect(store.delete('a')).toBe(false);
    expect(store.get('a')).toBeUndefined();
  });

  it('never returns a value that has expired, by any way of asking (B2)', () => {
    const store = new BoundedStore<string>({ clock });
    const fill = () => store.set('a', 'one', { ttlMs: 100 });
    fill();
    clock.advance(99);
    expect(store.get('a')).toBe('one');

    clock.advance(1);
    expect([...store]).toEqual([]);
    expect(store.has('a')).toBe(false);
    fill();
    clock.advance(100);
    expect(store.get('a')).toBeUndefined();
    expect(store.itemCount).toBe(0);
    fill();
    clock.advance(100);
    expect(store.getEntry('a')).toBeUndefined();
    fill();
    clock.advance(100);
    expect(store.delete('a')).toBe(false);
    expect(store.itemCount).toBe(0);
  });

  it('takes the expiry as a moment as well, and tells both moments (B2)', () => {
    const store = new BoundedStore<string>({ clock });
    store.set('a', 'one', { expiresAt: 5300 });
    clock.advance(299);
    expect(store.getEntry('a')).toEqual({
      value: 'one',
      storedAt: 5000,
      expiresAt: 5300,
      bytes: entryBytes(6),
    });
    clock.advance(1);
    expect(store.get('a')).toBeUndefined();
  });

  it('drops the least recently used when it is full (B2)', () => {
    const store = new BoundedStore<string>({ clock, maxBytes: 3 * entryBytes(2) });
    for (const key of ['a', 'b', 'c']) store.set(key, key);
    store.get('a');
    store.has('b');

    store.set('d', 'd');

    expect([...store].map(([key]) => key)).toEqual(['d', 'a', 'c']);
    store.delete('d');
    store.set('a', 'A');
    expect(store.stats().evictions).toBe(1);
  });

  it('counts keys, values and overhead (B2)', () => {
    const store = new BoundedStore<unknown>({ clock });
    store.set('a', 'four');
    expect(store.calculatedSize).toBe(entryBytes(8));
    store.set('a', Buffer.alloc(10));
    expect(store.calculatedSize).toBe(entryBytes(10));
    store.set('a', new Float64Array(3));
    expect(store.calculatedSize).toBe(entryBytes(24));
    store.set('a', 1);
    expect(store.calculatedSize).toBe(entryBytes(8));
    store.set('a', { some: 'object' }, { bytes: 33 });
    expect(store.calculatedSize).toBe(entryBytes(33));
    store.set('longer', 'x');
    expect(store.calculatedSize).toBe(entryBytes(33) + 12 + 2 + OVERHEAD);
  });

  it('asks the estimator for structured values, and says so when there is none', () => {
    const sized = new BoundedStore<string[]>({ clock, bytesOf: (list) => list.length * 50 });
    sized.set('a', ['x', 'y']);
    expect(sized.calculatedSize).toBe(entryBytes(100));

    const unsized = new BoundedStore<string[]>({ clock });
    expect(() => unsized.set('a', ['x'])).toThrow(
      new TypeError(
        'the size of a stored object cannot be told; pass bytes with it or a bytesOf option to the store',
      ),
    );
  });

  it('refuses a value larger than itself without throwing, and forgets the one it replaces (B2)', () => {
    const store = new BoundedStore<string>({ clock, maxBytes: entryBytes(20) });
    expect(store.set('a', 'x'.repeat(10))).toBe(true);
    expect(store.set('a', 'x'.repeat(11))).toBe(false);
    expect(store.get('a')).toBeUndefined();
    expect(store.stats()).toMatchObject({ itemCount: 0, calculatedSize: 0 });
  });

  it('treats a value that has expired on arrival as a delete (B2)', () => {
    const store = new BoundedStore<string>({ clock });
    store.set('a', 'old');
    expect(store.set('a', 'new', { ttlMs: 0 })).toBe(false);
    expect(store.get('a')).toBeUndefined();
  });

  it('counts hits and misses, an expired value being a miss (B2)', () => {
    const store = new BoundedStore<string>({ clock });
    store.set('a', 'one', { ttlMs: 10 });
    store.get('a');
    store.get('b');
    clock.advance(10);
    store.get('a');
    expect(store.stats()).toMatchObject({ hits: 1, misses: 2 });
  });

  it('purges what has expired and nothing else', () => {
    const store = new BoundedStore<string>({ clock });
    store.set('a', 'one', { ttlMs: 10 });
    store.set('b', 'two', { ttlMs: 11 });
    store.set('c', 'three');
    clock.advance(10);
    expect(store.purgeExpired()).toBe(1);
    expect([...store].map(([key]) => key)).toEqual(['c', 'b']);
  });

  it('is empty after a clear', () => {
    const store = new BoundedStore<string>({ clock });
    store.set('a', 'one');
    store.clear();
    expect(store.stats()).toMatchObject({ size: 0, itemCount: 0, calculatedSize: 0 });
  });

  it('names what is wrong with an option', () => {
    expect(() => new BoundedStore({ maxBytes: 0 })).toThrow(/^maxBytes must be a whole number from 1 to/);
    const store = new BoundedStore<string>({ clock });
    expect(() => store.set('a', 'x', { ttlMs: NaN })).toThrow(
      'ttlMs must be a number from 0 to Infinity, got NaN',
    );
    expect(() => store.set('a', 'x', { ttlMs: 1, expiresAt: 1 })).toThrow(TypeError);
    expect(() => store.set('a', 'x', { bytes: -1 })).toThrow(RangeError);
  });

  it('keeps its books right whatever happens, and never holds more than its bound (B2)', () => {
    const key = fc.constantFrom('a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff');
    const action = fc.oneof(
      fc.record({
        kind: fc.constant('set' as const),
        key,
        length: fc.integer({ min: 0, max: 600 }),
        ttlMs: fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }),
      }),
      fc.record({ kind: fc.constantFrom('get' as const, 'delete' as const), key }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 40 }) }),
      fc.record({ kind: fc.constantFrom('purge' as const, 'clear' as const) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 100, size: 'max' }), (actions) => {
        const maxBytes = 1500;
        const time = new ManualClock();
        const store = new BoundedStore<string>({ maxBytes, clock: time });
        // What a store without bound would hold.
        const latest = new Map<string, { value: string; expiresAt: number }>();
        for (const [index, one] of actions.entries()) {
          if (one.kind === 'set') {
            const value = String(index).padEnd(one.length, '.');
            const stored = store.set(one.key, value, { ttlMs: one.ttlMs });
            const bytes = 2 * one.key.length + 2 * value.length + OVERHEAD;
            expect(stored).toBe(bytes <= maxBytes && one.ttlMs !== 0);
            latest.set(one.key, { value, expiresAt: time.now() + (one.ttlMs ?? Infinity) });
          } else if (one.kind === 'get') {
            const known = latest.get(one.key);
            const answer = store.get(one.key);
            if (answer !== undefined) {
              expect(answer).toBe(known?.value);
              expect(known!.expiresAt).toBeGreaterThan(time.now());
            }
          } else if (one.kind === 'delete') {
            store.delete(one.key);
            latest.delete(one.key);
          } else if (one.kind === 'wait') {
            time.advance(one.ms);
          } else if (one.kind === 'purge') {
            store.purgeExpired();
          } else {
            store.clear();
            latest.clear();
          }
          expect(store.calculatedSize).toBeLessThanOrEqual(maxBytes);
          for (const [held, entry] of store) expect(entry.value).toBe(latest.get(held)?.value);
        }
        store.purgeExpired();
        const held = [...store];
        expect(store.itemCount).toBe(held.length);
        const sum = held.reduce((bytes, [k, e]) => bytes + 2 * k.length + 2 * e.value.length + OVERHEAD, 0);
        expect(store.calculatedSize).toBe(sum);
      }),
    );
  });
});
