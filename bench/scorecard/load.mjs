// The load, and what its callers were told. Runs in the process of the contestant.

/** Users arrive whether the ones before them were served or not: so many calls at once, so often. */
export const rhythm = { callsAtOnce: 20, everyMs: 50 };
export const kinds = ['get', 'set', 'incr'];
export const told = { pending: 0, answered: 1, standIn: 2, failed: 3, wrong: 4 };
export const outcomes = ['none', 'not-sent', 'rejected', 'unknown'];
export const readKeys = 100;
export const keyOf = { get: (id) => `g:${id % readKeys}`, set: (id) => `s:${id}`, incr: (id) => `i:${id}` };
export const valueOf = (key) => `value of ${key}`;

const successesInRow = 50;
const capacity = 60_000;

/** Milliseconds of the wall clock, with fractions; the same in every process of this machine. */
export const wallMs = () => performance.timeOrigin + performance.now();

/**
 * When a client was itself again: the first of 50 successes in a row, stand-ins excluded, in the order in which
 * calls ended, among those that were made after `since`.
 */
export function recoveryOf({ count, startedAt, endedAt, told: verdicts }, since) {
  const ended = [];
  for (let id = 0; id < count; id++)
    if (startedAt[id] >= since && verdicts[id] !== told.pending) ended.push(id);
  ended.sort((a, b) => endedAt[a] - endedAt[b]);
  let inRow = 0;
  for (let at = 0; at < ended.length; at++) {
    inRow = verdicts[ended[at]] === told.answered ? inRow + 1 : 0;
    if (inRow === successesInRow) return endedAt[ended[at - successesInRow + 1]];
  }
  return undefined;
}

/** To SET some answer OK and some nothing. */
function isRightAnswer(kind, key, reply) {
  if (kind === 'get') return reply === null || reply === valueOf(key);
  return kind === 'set' ? reply === 'OK' || reply === undefined : reply >= 1;
}

/** Calls of a constant rate over one client, each key used once for writes. */
export class Load {
  #opened;
  #timer;
  #count = 0;
  #pending = 0;
  #startedAt = new Float64Array(capacity);
  #endedAt = new Float64Array(capacity);
  #told = new Uint8Array(capacity);
  #outcome = new Uint8Array(capacity);
  #errors = new Map();

  constructor(opened) {
    this.#opened = opened;
  }

  get pending() {
    return this.#pending;
  }

  start() {
    let dueAt = performance.now();
    this.#timer = setInterval(() => {
      // Late timers are caught up with, a process that stood still for long is not.
      for (let turn = 0; dueAt <= performance.now() && turn < 4; turn++, dueAt += rhythm.everyMs) {
        for (let at = 0; at < rhythm.callsAtOnce && this.#count < capacity; at++) this.#call(this.#count++);
      }
      dueAt = Math.max(dueAt, performance.now() - rhythm.everyMs);
    }, rhythm.everyMs / 2);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** @returns when the first of so many successes in a row came, of calls made since then */
  recoveredAt(since) {
    return recoveryOf(this.report(), since);
  }

  /** @returns what can be sent to another process */
  report() {
    const count = this.#count;
    return {
      count,
      startedAt: this.#startedAt.slice(0, count),
      endedAt: this.#endedAt.slice(0, count),
      told: this.#told.slice(0, count),
      outcome: this.#outcome.slice(0, count),
      errors: [...this.#errors].sort((a, b) => b[1] - a[1]).slice(0, 8),
    };
  }

  #call(id) {
    const kind = kinds[id % kinds.length];
    const key = keyOf[kind](id);
    this.#startedAt[id] = wallMs();
    this.#pending++;
    this.#make(kind, key).then(
      (reply) => this.#ended(id, this.#judge(kind, key, reply)),
      (error) => this.#failed(id, error),
    );
  }

  // Async, so that what throws at once is told like what rejects.
  async #make(kind, key) {
    return kind === 'set' ? this.#opened.set(key, valueOf(key)) : this.#opened[kind](key);
  }

  #judge(kind, key, reply) {
    if (this.#opened.standsIn?.()) return told.standIn;
    const isRight = isRightAnswer(kind, key, reply);
    if (!isRight) this.#note(`wrong answer to ${kind}: ${String(reply).slice(0, 40)}`);
    return isRight ? told.answered : told.wrong;
  }

  #failed(id, error) {
    const outcome = this.#opened.outcomeOf?.(error);
    this.#outcome[id] = Math.max(0, outcomes.indexOf(outcome));
    this.#note(`${error?.code ?? error?.name ?? 'Error'}: ${String(error?.message ?? error).slice(0, 90)}`);
    this.#ended(id, told.failed);
  }

  #ended(id, verdict) {
    this.#endedAt[id] = wallMs();
    this.#told[id] = verdict;
    this.#pending--;
  }

  #note(text) {
    // Numbers out, or every message would be one of its own.
    const name = text.replace(/\d+/g, 'n');
    if (this.#errors.has(name) || this.#errors.size < 50)
      this.#errors.set(name, (this.#errors.get(name) ?? 0) + 1);
  }
}
