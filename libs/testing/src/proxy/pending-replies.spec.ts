import { PendingReplies } from './pending-replies.js';

const request = (command: string, argumentCount = 1) => ({ command, argumentCount, args: [] });
const reply = { type: '+', kind: '' };
const push = (kind: string) => ({ type: '>', kind });
const array = (kind: string) => ({ type: '*', kind });

describe('PendingReplies (F3)', () => {
  it('gives replies to requests in their order and none to pushes', () => {
    const pending = new PendingReplies();
    pending.expect(request('GET'));
    pending.expect(request('SET'));
    expect(
      [push('invalidate'), reply, push('message'), reply].map((frame) => pending.claim(frame)?.command),
    ).toEqual([undefined, 'GET', undefined, 'SET']);
  });

  it.each([
    ['RESP2', array],
    ['RESP3', push],
  ])('waits for all confirmations of a subscription (%s)', (_, frame) => {
    const pending = new PendingReplies();
    pending.expect(request('SUBSCRIBE', 2));
    pending.expect(request('PING', 0));
    const frames = [frame('subscribe'), frame('message'), frame('subscribe'), frame('message'), reply];
    expect(frames.map((one) => pending.claim(one)?.command)).toEqual([
      undefined,
      undefined,
      'SUBSCRIBE',
      undefined,
      'PING',
    ]);
  });

  it('ends a subscription that was refused', () => {
    const pending = new PendingReplies();
    pending.expect(request('SUBSCRIBE', 2));
    expect(pending.claim({ type: '-', kind: '' })?.command).toBe('SUBSCRIBE');
  });

  it('gives answers of its own when their turn comes', () => {
    const pending = new PendingReplies();
    pending.expect(request('GET'));
    pending.expectAnswer('SET', Buffer.from('-NO\r\n'));
    expect(pending.takeAnswers()).toEqual([]);
    expect(pending.hasSpecial).toBe(true);
    pending.claim(reply);
    expect(pending.takeAnswers()).toEqual([Buffer.from('-NO\r\n')]);
    expect(pending.hasSpecial).toBe(false);
  });
});
