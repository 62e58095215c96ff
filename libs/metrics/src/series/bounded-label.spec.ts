import { BoundedLabel } from './bounded-label.js';

describe('BoundedLabel (C10)', () => {
  it('lets the first values in, and keeps them in', () => {
    const label = new BoundedLabel({ maxValues: 2, overflow: 'other' });
    expect(['a', 'b', 'c', 'd', 'a', 'b'].map((value) => label.of(value))).toEqual([
      'a', 'b', 'other', 'other', 'a', 'b',
    ]); // prettier-ignore
  });

  it('does not let in what is too long to be a name, nor give it a place', () => {
    const label = new BoundedLabel({ maxValues: 1, overflow: 'other' });
    expect(label.of('x'.repeat(101))).toBe('other');
    expect(label.of('x'.repeat(100))).toBe('x'.repeat(100));
  });
});
