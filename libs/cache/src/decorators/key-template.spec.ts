import fc from 'fast-check';
import { fillTemplate } from './key-template.js';

describe('a key template (C1)', () => {
  it('takes arguments by their position, and properties of them', () => {
    expect(fillTemplate('post:{0}:{1.author.id}:{0}', [5, { author: { id: 'x' } }])).toBe('post:5:x:5');
    expect(fillTemplate('{0} {1} {2}', [true, 10n, -1.5])).toBe('true 10 -1.5');
    expect(fillTemplate('{} {a} plain', [])).toBe('{} {a} plain');
  });

  it('makes different keys of different arguments', () => {
    const text = fc.string({ maxLength: 6 });
    fc.assert(
      fc.property(text, text, text, text, (a, b, c, d) => {
        const same = a === c && b === d;
        expect(fillTemplate('{0}:{1}', [a, b]) === fillTemplate('{0}:{1}', [c, d])).toBe(same);
      }),
    );
  });

  it('does not fill in what an argument brought', () => {
    expect(fillTemplate('{0}:{1}', ['{1}', 'x'])).toBe('%7b1%7d:x');
  });

  it.each([[undefined], [null], [{}], [[1]], [() => 1], [Symbol('x')]])('refuses %p', (value) => {
    expect(() => fillTemplate('k:{0}', [value])).toThrow(/^\{0\} of the key template is /);
  });

  it('knows own properties only', () => {
    expect(() => fillTemplate('{0.constructor.name}', [{}])).toThrow(
      '{0.constructor.name} of the key template',
    );
    expect(() => fillTemplate('{1}', [1])).toThrow('{1} of the key template is of type undefined');
  });
});
