import * as fc from 'fast-check';
import { Bulkhead } from './bulkhead.js';

describe('bulkhead', () => {
  it('lets in no more operations than there is room for', () => {
    const bulkhead = new Bulkhead({ maxOperations: 2 });
    expect([bulkhead.tryEnter(), bulkhead.tryEnter(), bulkhead.tryEnter()]).toEqual([true, true, false]);
    bulkhead.leave();
    expect(bulkhead.tryEnter()).toBe(true);
    expect([bulkhead.operations, bulkhead.rejects]).toEqual([2, 1]);
  });

  it('lets in no more bytes than there is room for', () => {
    const bulkhead = new Bulkhead({ maxBytes: 100 });
    expect([bulkhead.tryEnter(60), bulkhead.tryEnter(41), bulkhead.tryEnter(40)]).toEqual([
      true,
      false,
      true,
    ]);
    bulkhead.leave(60);
    expect([bulkhead.bytes, bulkhead.operations]).toEqual([40, 1]);
  });

  it('has no bound unless told', () => {
    const bulkhead = new Bulkhead();
    for (let count = 0; count < 1000; count++) expect(bulkhead.tryEnter(1e9)).toBe(true);
  });

  it('refuses to let out what never came in, and keeps its counts', () => {
    const bulkhead = new Bulkhead();
    expect(() => bulkhead.leave()).toThrow(RangeError);
    bulkhead.tryEnter(10);
    expect(() => bulkhead.leave(11)).toThrow('bytes must be a whole number from 0 to 10, got 11');
    expect([bulkhead.operations, bulkhead.bytes]).toEqual([1, 10]);
  });

  it('is never fuller than its bounds and empty when all have left', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 60 })), { maxLength: 50, size: 'max' }),
        (steps) => {
          const bulkhead = new Bulkhead({ maxOperations: 5, maxBytes: 150 });
          const inside: number[] = [];
          for (const [enter, bytes] of steps) {
            if (enter && bulkhead.tryEnter(bytes)) inside.push(bytes);
            else if (!enter && inside.length > 0) bulkhead.leave(inside.pop());
            expect(bulkhead.operations).toBe(inside.length);
            expect(bulkhead.bytes).toBe(inside.reduce((sum, one) => sum + one, 0));
            expect(bulkhead.operations).toBeLessThanOrEqual(5);
            expect(bulkhead.bytes).toBeLessThanOrEqual(150);
          }
          for (const bytes of inside) bulkhead.leave(bytes);
          expect([bulkhead.operations, bulkhead.bytes]).toEqual([0, 0]);
        },
      ),
    );
  });

  it('names what is wrong with an option', () => {
    expect(() => new Bulkhead({ maxOperations: -1 })).toThrow(
      new RangeError('maxOperations must be a whole number from 0 to Infinity, got -1'),
    );
    expect(() => new Bulkhead({ maxBytes: '5' as unknown as number })).toThrow(TypeError);
  });
});
