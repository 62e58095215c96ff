import { bullScripts } from './bull-scripts.js';

describe('the scripts of BullMQ', () => {
  it.each([
    ['addStandardJob', 9],
    ['addDelayedJob', 6],
    ['addPrioritizedJob', 9],
    ['addParentJob', 6],
  ])('%s takes %i keys, and counts neither keys nor arguments itself', (name, keys) => {
    const script = bullScripts().get(name);
    expect(script?.numberOfKeys).toBe(keys);
    expect(script?.lua.includes('storeJob(')).toBe(true);
    // The text is long: a failure should not print it.
    expect(/#(KEYS|ARGV)|unpack\((KEYS|ARGV)\)/.test(script?.lua ?? '')).toBe(false);
  });
});
