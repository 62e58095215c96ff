// One contestant in a process of its own. It opens, is under load, and reports, when its parent says so.
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { contestants } from './contestants/index.mjs';
import { Load, wallMs } from './load.mjs';

const contestant = contestants.find(({ id }) => id === process.argv[2]);
const attempts = [];
const messages = [];
const losses = [];
let opened;
let load;

// Every attempt to connect, refused ones included, whoever makes it.
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  attempts.push(wallMs());
  return connect.apply(this, args);
};

const answers = {
  async open({ url, channel }) {
    opened = await contestant.open(url);
    load = new Load(opened);
    await opened.subscribe(
      channel,
      () => messages.push(wallMs()),
      () => losses.push(wallMs()),
    );
  },
  start: () => load.start(),
  heap() {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  },
  hasRecovered: ({ since }) => load.recoveredAt(since) !== undefined && messages.some((at) => at >= since),
  /** Takes no more calls, and waits for those under way. */
  async finish({ patienceMs }) {
    load.stop();
    const until = performance.now() + patienceMs;
    while (load.pending > 0 && performance.now() < until) await sleep(20);
    return { ...load.report(), finishedAt: wallMs(), attempts, messages, losses };
  },
  async close() {
    const startedAt = performance.now();
    let error;
    try {
      await opened.close();
    } catch (reason) {
      error = String(reason?.message ?? reason);
    }
    return { tookMs: performance.now() - startedAt, error };
  },
};

process.on('message', async ({ ask, id, ...details }) => {
  try {
    process.send({ id, result: await answers[ask](details) });
  } catch (error) {
    process.send({ id, error: error?.stack ?? String(error) });
  }
});

// Also when the parent is gone, whatever is still open.
process.once('disconnect', () => process.exit());
