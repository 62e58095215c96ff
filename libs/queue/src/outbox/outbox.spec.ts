import type { AddRequest } from './add-request.js';
import { Outbox } from './outbox.js';

const request = (order: number, data = '{}'): AddRequest => ({
  order,
  queue: 'q',
  prefix: 'bull',
  id: `id-${order}`,
  job: { name: 'n', data, opts: {} } as AddRequest['job'],
  parent: undefined,
  ticket: { key: 'k', bit: order },
});
const orders = (outbox: Outbox): number[] => outbox.first(100).map(({ order }) => order);

describe('the outbox', () => {
  it('keeps the order of the calls, also of what comes back late', () => {
    const outbox = new Outbox({ maxJobs: 10, maxBytes: Infinity });
    for (const order of [3, 4, 1, 5, 2]) outbox.push([request(order)]);
    expect(orders(outbox)).toEqual([1, 2, 3, 4, 5]);
    expect(outbox.first(2).map(({ order }) => order)).toEqual([1, 2]);
  });

  it('takes all of a bulk or nothing', () => {
    const outbox = new Outbox({ maxJobs: 3, maxBytes: Infinity });
    expect(outbox.push([request(1), request(2)])).toBe(true);
    expect(outbox.push([request(3), request(4)])).toBe(false);
    expect(outbox.size).toBe(2);
    expect(outbox.push([request(3)])).toBe(true);
  });

  it('counts bytes of UTF-8, and gives them back', () => {
    const outbox = new Outbox({ maxJobs: 10, maxBytes: 1_000 });
    expect(outbox.push([request(1, 'ü'.repeat(450))])).toBe(false);
    expect(outbox.push([request(1, 'u'.repeat(450))])).toBe(true);
    expect(outbox.bytes).toBeGreaterThan(450);
    outbox.remove(new Set(outbox.first(1)));
    expect([outbox.size, outbox.bytes]).toEqual([0, 0]);
  });

  it('takes what may have run past its bounds', () => {
    const outbox = new Outbox({ maxJobs: 0, maxBytes: 0 });
    expect(outbox.push([request(1)])).toBe(false);
    expect(outbox.push([request(1)], true)).toBe(true);
  });

  it('keeps a job as it was when it was added', () => {
    const outbox = new Outbox({ maxJobs: 1, maxBytes: Infinity });
    const opts = { priority: 1 };
    outbox.push([{ ...request(1), job: { name: 'n', data: '{}', opts } as AddRequest['job'] }]);
    opts.priority = 2;
    expect(JSON.parse(outbox.first(1)[0]?.text ?? '').job.opts).toEqual({ priority: 1 });
  });
});
