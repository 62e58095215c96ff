#!/usr/bin/env node
// `npm run demo:outage`: freezes and kills the Redis of the demo under load, and prints, second by second, what
// users of the application got. With --json only the summary, for programs. Exits with 1 when a promise broke.
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from '@holdfast/testing';
import { acts } from './acts.mjs';
import { DemoProcess } from './demo-process.mjs';
import { heading, secondLine, summaryText } from './printing.mjs';
import { judge } from './verdict.mjs';
import { Visitors } from './visitors.mjs';

const asJson = process.argv.includes('--json');
const say = (text) => void (asJson || process.stdout.write(`${text}\n`));

let server;
let demo;
let visitors;

process.once('SIGINT', () => void leave().then(() => process.exit(130)));
process.once('SIGTERM', () => void leave().then(() => process.exit(143)));

try {
  const summary = await main();
  if (asJson) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else say(summaryText(summary));
  process.exitCode = summary.broken.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`demo:outage: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await leave();
}

async function main() {
  server = await RedisServer.start({ persistence: true, directives: { appendfsync: 'always' } });
  demo = await DemoProcess.start(server.url);
  say(`The demo listens on port ${demo.port}, with a Redis of its own.\n${Visitors.about}\n`);
  visitors = new Visitors(demo.url);
  visitors.start();
  say(heading());
  const linesBefore = demo.stateLines;
  await play();
  visitors.stop();
  const board = await visitors.readBoard();
  const stateLines = demo.stateLines - linesBefore;
  const connections = await countConnections();
  const exit = await demo.stop();
  return { ...judge({ requests: visitors.requests, board, stateLines, exit, acts }), connections };
}

/** The acts one after the other, and a line for each second of them. */
async function play() {
  const startedAt = performance.now();
  let second = 0;
  for (const act of acts) {
    visitors.act = act.name;
    await act.begin?.(server);
    for (let at = 0; at < act.seconds; at++) {
      second++;
      await sleep(startedAt + second * 1_000 - performance.now());
      say(secondLine({ second, says: at === 0 ? act.says : '', state: act.state, ...visitors.lastSecond() }));
    }
  }
}

/** Connections of the demo, as Redis sees them; we ask over another way. */
async function countConnections() {
  const clients = String(await server.command('CLIENT', 'LIST')).split('\n');
  return clients.filter((line) => line.includes(` addr=${server.host}:`)).length;
}

/** Whatever happened, nothing of it is left. */
async function leave() {
  visitors?.stop();
  await demo?.stop();
  await server?.stop();
}
