import { encodeCommand } from '../resp/encode-command.js';
import { Conversation } from './conversation.js';
import { FaultSet } from './fault-set.js';
import type { ReplyFault, RequestFault } from './fault.js';

const get = encodeCommand(['GET', 'k']).toString();
const set = encodeCommand(['SET', 'k', 'v']).toString();

/** A conversation whose link writes down what happens. */
function converse() {
  const log = { server: '', client: '', events: [] as string[], requests: [] as string[], replies: 0 };
  const conversation = new Conversation({
    toServer: (bytes, done) => {
      log.server += bytes.toString();
      done?.();
    },
    toClient: (bytes, done) => {
      log.client += bytes.toString();
      done?.();
    },
    stall: () => log.events.push('stall'),
    cut: (how) => log.events.push(`cut:${how}`),
    onRequest: ({ command }) => log.requests.push(command),
    onReplies: (replies) => (log.replies += replies),
  });
  const faults = new FaultSet(true, () => {
    conversation.faults = {
      requests: faults.list().filter(({ kind }) => /^cut|answer/.test(kind)) as RequestFault[],
      replies: faults.list().filter(({ kind }) => kind.endsWith('Reply')) as ReplyFault[],
    };
  });
  return {
    log,
    faults,
    fromClient: (text: string) => conversation.fromClient(Buffer.from(text)),
    fromServer: (text: string) => conversation.fromServer(Buffer.from(text)),
  };
}

describe('Conversation (F3)', () => {
  it('passes parts of requests on without waiting for the rest when there is no fault', () => {
    const { log, fromClient, fromServer } = converse();
    fromClient(get.slice(0, 7));
    expect(log.server).toBe(get.slice(0, 7));
    expect(log.requests).toEqual([]);
    fromClient(get.slice(7) + set);
    fromServer('$1\r\nv');
    expect(log.client).toBe('$1\r\nv');
    fromServer('\r\n+OK\r\n');
    expect(log).toMatchObject({ server: get + set, requests: ['GET', 'SET'], replies: 2 });
  });

  it('gives an answer of its own between the replies it belongs between', () => {
    const { log, faults, fromClient, fromServer } = converse();
    faults.answerError('READONLY no', { commands: ['SET'] });
    fromClient(get + set + get);
    expect(log).toMatchObject({ server: get + get, client: '', requests: ['GET', 'GET'] });
    fromServer(':1\r\n:2\r\n');
    expect(log.client).toBe(':1\r\n-READONLY no\r\n:2\r\n');
  });

  it('does not put an answer into the middle of a push message', () => {
    const { log, faults, fromClient, fromServer } = converse();
    faults.answerError('ERR no');
    fromServer('>1\r\n$3\r\na');
    fromClient(get);
    expect(log.client).toBe('>1\r\n$3\r\na');
    fromServer('bc\r\n');
    expect(log.client).toBe('>1\r\n$3\r\nabc\r\n-ERR no\r\n');
  });

  it('lets a request go on that was half forwarded when the fault was set', () => {
    const { log, faults, fromClient } = converse();
    fromClient(set.slice(0, 9));
    const fault = faults.answerError('ERR no', { commands: ['SET'] });
    fromClient(set.slice(9) + set);
    expect(log.server).toBe(set);
    expect(fault.hits).toBe(1);
  });

  it('holds a request until it is whole and passes it on when the fault is gone', () => {
    const { log, faults, fromClient } = converse();
    const fault = faults.cutBefore({ commands: ['SET'] });
    fromClient(get.slice(0, 9));
    expect(log.server).toBe('');
    fault.clear();
    fromClient(get.slice(9));
    expect(log).toMatchObject({ server: get, requests: ['GET'], events: [] });
  });

  it('cuts before the n-th request, with those before it forwarded and those behind it not', () => {
    const { log, faults, fromClient } = converse();
    const fault = faults.cutBefore({ commands: ['SET'], nth: 2, how: 'end' });
    fromClient(set + get + set + get);
    expect(log).toMatchObject({ server: set + get, events: ['cut:end'] });
    expect(fault.hits).toBe(1);
  });

  it('cuts after a request when its reply is there, and delivers the replies before it', () => {
    const { log, faults, fromClient, fromServer } = converse();
    faults.cutAfter({ commands: ['SET'] });
    fromClient(get + set + get);
    expect(log).toMatchObject({ server: get + set, events: [] });
    fromServer(':1\r\n+O');
    expect(log).toMatchObject({ client: ':1\r\n', events: [] });
    fromServer('K\r\n');
    expect(log).toMatchObject({ client: ':1\r\n', events: ['cut:reset'] });
  });

  it('drops the reply to the n-th request and no push message', () => {
    const { log, faults, fromClient, fromServer } = converse();
    faults.dropReplies({ nth: 2 });
    fromClient(get + get + get);
    fromServer(':1\r\n>1\r\n+p\r\n:2\r\n:3\r\n');
    expect(log).toMatchObject({ client: ':1\r\n>1\r\n+p\r\n:3\r\n', replies: 2 });
  });

  it('delivers half a reply and cuts', () => {
    const { log, faults, fromClient, fromServer } = converse();
    faults.halfReply();
    fromClient(get + get);
    fromServer('$4\r\nabcd\r\n:2\r\n');
    expect(log).toMatchObject({ client: '$4\r\na', events: ['cut:end'] });
  });

  it('delivers half a reply and stalls before the rest', () => {
    const { log, faults, fromClient, fromServer } = converse();
    faults.halfReply({ ending: 'stall', nth: 1 });
    fromClient(get + get);
    fromServer('$4\r\nabcd\r\n:2\r\n');
    expect(log).toMatchObject({ client: '$4\r\nabcd\r\n:2\r\n', events: ['stall'] });
  });

  it('only passes bytes on once they are not RESP', () => {
    const { log, faults, fromClient, fromServer } = converse();
    faults.dropReplies();
    fromClient(get);
    fromServer(':');
    fromClient('*1\r\n!');
    expect(log).toMatchObject({ server: `${get}*1\r\n!`, client: ':' });
    fromServer('1\r\n');
    expect(log.client).toBe(':1\r\n');
  });
});
