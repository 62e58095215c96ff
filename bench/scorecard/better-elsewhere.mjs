import { contestants } from './contestants/index.mjs';
import { faults } from './faults.mjs';
import { percent, seconds } from './verdict.mjs';

/** Smaller differences than these are noise. */
const most = { share: 0.05, ms: 500 };
const names = new Map(contestants.map(({ id, label }) => [id, label.replace('|', ' ')]));

/** What others did better than `REDIS_CLIENT`, as a list; nobody has to look for it in the tables. */
export function betterElsewhere({ cells }) {
  const lines = faults.flatMap(({ id, label }) => {
    const usable = cells.filter(({ fault, failed, crashed }) => fault === id && !failed && !crashed);
    const own = usable.find(({ contestant }) => contestant === 'holdfast-client');
    const others = usable.filter(({ contestant }) => !contestant.startsWith('holdfast-'));
    if (!own || others.length === 0) return [];
    return [moreAnswers(own, others), soonerBack(own, others), soonerTold(own, others)]
      .filter(Boolean)
      .map((says) => `- ${label}: ${says}`);
  });
  return [
    'Compared with `REDIS_CLIENT`, by what was measured here:',
    lines.length > 0 ? lines.join('\n') : 'Nothing in this run.',
    'Who would rather wait than be told has more answers with a client that queues without limit: everything in its queue is sent when Redis is back, if the process lives and the caller still waits.',
  ].join('\n\n');
}

function moreAnswers(own, others) {
  const best = others.reduce((a, b) => (b.while.answered > a.while.answered ? b : a));
  if (best.while.answered < own.while.answered + most.share) return undefined;
  const price = best.twice > 0 ? `; ${best.twice} increments counted twice` : '';
  return `${names.get(best.contestant)} answered ${percent(best.while.answered)} of the calls, after up to ${seconds(best.whileMs.max)}${price}; REDIS_CLIENT ${percent(own.while.answered)}, with nobody waiting longer than ${seconds(own.whileMs.max)}.`;
}

function soonerBack(own, others) {
  const back = others.filter(({ recoverMs }) => recoverMs !== null);
  if (back.length === 0 || own.recoverMs === null) return undefined;
  const best = back.reduce((a, b) => (b.recoverMs < a.recoverMs ? b : a));
  if (best.recoverMs > own.recoverMs - most.ms) return undefined;
  return `${names.get(best.contestant)} was back after ${seconds(best.recoverMs)}, REDIS_CLIENT after ${seconds(own.recoverMs)}.`;
}

function soonerTold(own, others) {
  const best = others.reduce((a, b) => (b.whileMs.p99 < a.whileMs.p99 ? b : a));
  if (best.whileMs.p99 > own.whileMs.p99 - most.ms) return undefined;
  return `callers of ${names.get(best.contestant)} waited ${seconds(best.whileMs.p99)} at p99, those of REDIS_CLIENT ${seconds(own.whileMs.p99)}.`;
}
