import type { Fault } from '../fault.js';
import { repeatEvery } from './repeat-every.js';

/** What applications send, as opposed to what a client sends to set up and watch its connection. */
const commands = ['SET', 'GET', 'DEL', 'INCR', 'EXEC', 'BLPOP', 'EVALSHA'];
/** With MULTI and EXEC, because a server that refuses one command of a transaction refuses all of it. */
const writes = ['SET', 'DEL', 'INCR', 'EVALSHA', 'MULTI', 'EXEC'];

/** Requests or replies are lost, or are not what they should be. */
export const replyFaults: readonly Fault[] = [
  {
    name: 'cut before every request',
    found: 'not',
    begin({ proxy }) {
      proxy.faults.cutBefore({ commands });
      return () => proxy.reset();
    },
  },
  {
    name: 'cut after every request, before its reply',
    found: 'not',
    begin({ proxy }) {
      proxy.faults.cutAfter({ commands });
      return () => proxy.reset();
    },
  },
  {
    name: 'replies dropped',
    found: 'by-heartbeat',
    begin({ proxy }) {
      // All of them from now on, messages included: a stream that lost one and goes on is no TCP.
      proxy.faults.blackHole({ direction: 'replies', afterwards: 'dead' });
      return () => proxy.reset();
    },
  },
  {
    name: 'half a reply, then cut',
    found: 'not',
    begin({ proxy }) {
      proxy.faults.halfReply({ commands, ending: 'cut' });
      return () => proxy.reset();
    },
  },
  {
    name: 'half a reply, then silence',
    found: 'by-heartbeat',
    // It strikes the next reply, which on an idle connection is the one to the heartbeat's first PING.
    strikesAfterMs: 1_000,
    begin({ proxy }) {
      proxy.faults.halfReply({ ending: 'stall' });
      return () => proxy.reset();
    },
  },
  {
    name: 'protocol garbage',
    found: 'not',
    lastsMs: 2_000,
    begin({ proxy }) {
      const garbage = repeatEvery(400, () => proxy.sendGarbage());
      return () => garbage.stop();
    },
  },
  {
    name: 'READONLY replies',
    found: 'not',
    lastsMs: 3_000,
    begin({ proxy }) {
      proxy.faults.answerError("READONLY You can't write against a read only replica.", { commands: writes });
      return () => proxy.reset();
    },
  },
];
