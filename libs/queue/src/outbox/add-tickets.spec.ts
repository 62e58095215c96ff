import { AddTickets } from './add-tickets.js';

describe('tickets', () => {
  it('are never given out twice, and stay within a kilobyte a key', () => {
    const tickets = new AddTickets();
    const seen = new Set<string>();
    for (let n = 0; n < 20_000; n++) {
      const { key, bit } = tickets.next(n % 3 ? 'bull' : '{bull}');
      expect(bit).toBeLessThan(8_192);
      seen.add(`${key} ${bit}`);
    }
    expect(seen.size).toBe(20_000);
  });

  it('live where their queue lives, and belong to one producer', () => {
    const key = new AddTickets().next('{bull}').key;
    expect(key.startsWith('{bull}:')).toBe(true);
    expect(new AddTickets().next('{bull}').key).not.toBe(key);
  });

  it('come with ids that BullMQ accepts and nobody else has', () => {
    const [one, other] = [new AddTickets(), new AddTickets()];
    const ids = [one.nextId(), one.nextId(), other.nextId()];
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[\w-]+-[\da-z]+$/);
  });
});
