import { Deadline, ManualClock } from '@holdfast/resilience';
import type { Outcome } from './flight.js';
import { Flights } from './flights.js';

const value = (text: string): Outcome => ({ kind: 'value', text, source: 'factory' });

describe('flights (C1)', () => {
  const none = new Map<string, string | null>();
  let flights: Flights;
  let land: () => void;
  let landed: Promise<void>;

  beforeEach(() => {
    flights = new Flights();
    landed = new Promise((resolve) => (land = resolve));
  });

  it('are found until they have landed', async () => {
    const flight = flights.start('k', async (_, arrive) => {
      arrive(value('x'));
      await landed;
    });
    expect(await flight.outcome).toEqual(value('x'));
    expect([flights.find('k', none), flights.find('other', none)]).toEqual([flight, undefined]);
    land();
    await flights.landed();
    expect(flights.find('k', none)).toBeUndefined();
  });

  it('suit those who found the versions they were begun with', () => {
    const flight = flights.start('k', () => landed);
    const found = new Map([['t', 'v1']]);
    expect(flights.find('k', found)).toBe(flight);
    flight.versions = { t: 'v1' };
    expect(flights.find('k', found)).toBe(flight);
    expect(flights.find('k', new Map([['t', null]]))).toBeUndefined();
    expect(flights.find('k', new Map([['t', 'v2']]))).toBeUndefined();
    expect(flights.find('k', new Map([...found, ['u', 'v1']]))).toBeUndefined();
  });

  it('suit nobody once they are outdated or replaced, and still land', async () => {
    const first = flights.start('k', () => landed);
    flights.outdate(['k']);
    expect(flights.find('k', none)).toBeUndefined();
    const second = flights.start('k', () => landed);
    const third = flights.start('k', () => new Promise(() => undefined));
    expect([first.isOutdated, second.isOutdated, flights.find('k', none)]).toEqual([true, true, third]);
    land();
    await first.landed;
    await second.landed;
    expect(flights.find('k', none)).toBe(third);
    flights.outdate();
    expect(third.isOutdated).toBe(true);
  });

  it('that fail have a failure for their outcome, and land', async () => {
    const error = new Error('of the factory');
    const flight = flights.start('k', () => Promise.reject(error));
    expect(await flight.outcome).toEqual({ kind: 'failure', error });
    await flights.landed();
  });

  it('are waited for until the deadline of each who waits', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const flight = flights.start('k', () => landed);
    const patient = flight.within(Deadline.after(100, clock), undefined);
    const aborting = flight.within(Deadline.never(clock), controller.signal);
    clock.advance(100);
    expect(await patient).toBeUndefined();
    controller.abort();
    await expect(aborting).rejects.toMatchObject({ name: 'AbortError' });
    expect(clock.pendingTimers).toBe(0);
  });
});
