import { waitFor } from './wait-for.js';

describe('waitFor (F3)', () => {
  it('answers the value of the condition as soon as it holds', async () => {
    let looks = 0;
    await expect(waitFor(() => ++looks >= 3 && `after ${looks}`, { intervalMs: 1 })).resolves.toBe('after 3');
  });

  it('takes a condition that throws or rejects for "not yet"', async () => {
    let looks = 0;
    const condition = async () => {
      if (++looks < 3) throw new Error('not yet');
      return true;
    };
    await expect(waitFor(condition, { intervalMs: 1 })).resolves.toBe(true);
  });

  it('says what it waited for and why it failed when the time is up', async () => {
    const reason = new Error('nobody there');
    const waiting = waitFor(() => Promise.reject<boolean>(reason), {
      timeoutMs: 20,
      intervalMs: 1,
      message: () => 'somebody to come',
    });
    await expect(waiting).rejects.toMatchObject({
      message: 'Waited 20 ms in vain for somebody to come',
      cause: reason,
    });
  });

  it('gives up a condition that never settles', async () => {
    const waiting = waitFor(() => new Promise<boolean>(() => undefined), { timeoutMs: 20 });
    await expect(waiting).rejects.toThrow('Waited 20 ms in vain');
  });
});
