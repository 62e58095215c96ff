import { SelectedRequests } from './request-selector.js';

describe('SelectedRequests (F3)', () => {
  it('takes every request when nothing is said', () => {
    const selected = new SelectedRequests({});
    expect(['GET', 'SET'].map((command) => selected.takes(command))).toEqual([true, true]);
  });

  it('takes only the n-th of the named commands', () => {
    const selected = new SelectedRequests({ commands: ['set'], nth: 2 });
    expect(['SET', 'GET', 'SET', 'SET'].map((command) => selected.takes(command))).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it.each([0, -1, 1.5, NaN])('refuses %d as nth', (nth) => {
    expect(() => new SelectedRequests({ nth })).toThrow(RangeError);
  });
});
