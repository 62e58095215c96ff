import { createRedisService } from '@holdfast/redis';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallLog, type CallRecord } from '../faults/call-log.js';
import type { ApplicationInit, HistoryLine, Order, Report } from './messages.js';
import { Random } from './random.js';

const writers = 10;
/** A writer works with its latest keys, and leaves the others as they are: the end tells what became of each. */
const keysAtOnce = 3;
const newKeyRatio = 0.15;
const counters = ['counter:a', 'counter:b', 'counter:c'];
const patienceMs = 10_000;

const init = JSON.parse(process.argv[2] ?? '{}') as ApplicationInit;
const { name, commandTimeoutMs } = init;
const tell = (report: Report): void => void process.send?.(report);
const problems: string[] = [];
const lines: string[] = [];
const log = { log: (line: unknown) => lines.push(String(line)), warn: (line: unknown) => lines.push(String(line)), error: (line: unknown) => lines.push(String(line)) }; // prettier-ignore
const redis = createRedisService({ url: init.url, appName: name, commandTimeoutMs }, { log });
let standsIn = false;
redis.events.on('fallback', ({ active }) => (standsIn = active));

const subscriber = redis.duplicate();
const messages = new Map<string, number>();
subscriber.on('message', (_: string, message: string) => {
  messages.set(message, (messages.get(message) ?? 0) + 1);
});
const ofApplications = new RegExp('^app-\\d+ \\d+ \\d+$');

const calls = new CallLog();
let working = true;

/** Owns its keys: nobody else writes them, and it waits for each call before the next. */
async function write(writer: number, random: Random): Promise<void> {
  let count = 0;
  let keys = keysAtOnce;
  while (working) {
    await sleep(random.integer(2, 30));
    if (random.chance(newKeyRatio)) keys++;
    const key = `${name}:${writer}:${keys - random.integer(0, keysAtOnce - 1)}`;
    const what = random.next();
    if (what < 0.3) {
      const value = `${key}#${count++}`;
      const commands = random.chance(0.25) ? redis.strict : redis;
      await noted({ op: 'set', key, value }, () => commands.set(key, value));
    } else if (what < 0.5) await noted({ op: 'del', key }, () => redis.del(key));
    else if (what < 0.7) await noted({ op: 'get', key }, () => redis.get(key));
    else if (what < 0.92) {
      const counter = random.pick(counters);
      await noted({ op: 'incr', key: counter }, () => redis.incr(counter));
    } else {
      const message = `${name} ${writer} ${count++}`;
      await noted({ op: 'publish', key: 'news', value: message }, () =>
        redis.getClient().publish('news', message),
      );
    }
  }
}

async function noted(
  what: Pick<CallRecord, 'op' | 'key' | 'value'>,
  make: () => Promise<unknown>,
): Promise<void> {
  const record = await calls.call(what, make);
  const { startedAt, settledAt = Infinity } = record;
  const line: HistoryLine = {
    ...record,
    application: name,
    startedAt: performance.timeOrigin + startedAt,
    settledAt: performance.timeOrigin + settledAt,
  };
  appendFileSync(init.historyFile, `${JSON.stringify(line)}\n`);
}

/** Commands are executed, and messages arrive. */
async function works(round: number): Promise<boolean> {
  const message = `probe of ${name} ${round}`;
  await redis.strict.incr(`probe:${name}`);
  await redis.getClient().publish('news', message);
  for (let waited = 0; waited < 100 && !messages.has(message); waited += 5) await sleep(5);
  return messages.has(message);
}

async function recover(): Promise<void> {
  const startedAt = performance.now();
  for (let round = 0; performance.now() - startedAt < patienceMs; round++) {
    const attempt = works(round).catch(() => false);
    if (await Promise.race([attempt, sleep(200, false)])) {
      tell({ kind: 'recovered', afterMs: Math.round(performance.now() - startedAt) });
      return;
    }
    await sleep(10);
  }
  problems.push(`last lines: ${lines.slice(-5).join(' | ')}`);
  tell({ kind: 'recovered', afterMs: null });
}

async function finish(): Promise<void> {
  working = false;
  const ended = await Promise.race([workers.then(() => true), sleep(patienceMs, false, { ref: false })]);
  if (!ended) problems.push(`never hang: ${calls.underWay} calls have not ended`);
  for (let waited = 0; standsIn && waited < patienceMs; waited += 10) await sleep(10);
  if (standsIn) problems.push('keep: the journal is still on its way to Redis');
  const [twice] = [...messages].filter(([text, times]) => times > 1 && ofApplications.test(text));
  if (twice) problems.push(`truth: the message "${twice[0]}" came ${twice[1]} times`);
  const startedAt = performance.now();
  await redis.close();
  if (performance.now() - startedAt > 5_000)
    problems.push('leave: the shutdown took longer than its deadline');
  tell({ kind: 'finished', calls: calls.records.length, problems });
}

process.on('message', (order: Order) => {
  if (order === 'recover') void recover();
  else if (order === 'finish') void finish();
  else process.disconnect();
});
process.once('disconnect', () => process.exit());

await Promise.all([redis.connect(), subscriber.subscribe('news')]);
const workers = Promise.all(
  Array.from({ length: writers }, (_, writer) => write(writer, new Random(init.seed * 100 + writer))),
);
tell({ kind: 'started' });
