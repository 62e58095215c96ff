import * as fc from 'fast-check';
import { commandBytes } from './command-bytes.js';

describe('B6 bytes of a command that waits', () => {
  it.each([
    ['ping', [], 68],
    ['get', ['k'], 84],
    ['get', ['ключ'], 91],
    ['set', ['k', Buffer.alloc(1_000)], 1_100],
    ['set', ['k', 1.5], 116],
    ['set', ['k', null], 116],
  ])('%s %j takes %d', (name, args, bytes) => {
    expect(commandBytes({ name, args })).toBe(bytes);
  });

  it('are never fewer than are sent', () => {
    const arg = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(arg), (args) => {
        const sent = Buffer.concat(
          args.map((each) => (Buffer.isBuffer(each) ? each : Buffer.from(String(each)))),
        );
        expect(commandBytes({ name: 'set', args })).toBeGreaterThanOrEqual(sent.length);
      }),
    );
  });
});
