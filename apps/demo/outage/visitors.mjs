/** Requests a second. They come whether those before were answered or not, as visitors do. */
const rates = { read: 12, write: 6, health: 6 };
const patienceMs = 15_000;
const pageSize = 100;

/**
 * @typedef {object} Request
 * @property {'read' | 'write' | 'health'} kind
 * @property {string} act what happened to Redis when it was made
 * @property {number} startedAt
 * @property {number} [endedAt]
 * @property {number} [status] 0 when there was no answer
 * @property {string} [title] of the post
 * @property {string} [outcome] what the answer says became of it
 * @property {string} [health]
 */

/** People at the board: they read it, write on it, and somebody watches its health. */
export class Visitors {
  static about = `Each second ${rates.read} visitors read, ${rates.write} write, and /health is asked ${rates.health} times.`;
  act = '';
  /** @type {Request[]} */
  requests = [];
  #url;
  #timers = [];
  #count = 0;
  #reportedAt = performance.now();

  constructor(url) {
    this.#url = url;
  }

  start() {
    for (const [kind, rate] of Object.entries(rates)) {
      this.#timers.push(setInterval(() => void this.#visit(kind), 1_000 / rate));
    }
  }

  stop() {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** What was answered since the last call, and how many wait now. */
  lastSecond() {
    const from = this.#reportedAt;
    this.#reportedAt = performance.now();
    const answered = this.requests.filter(({ endedAt }) => endedAt >= from && endedAt < this.#reportedAt);
    return {
      answered,
      waiting: this.requests.filter(({ endedAt }) => endedAt === undefined).length,
      health: answered.findLast(({ kind }) => kind === 'health')?.health ?? 'no answer',
    };
  }

  /** Titles of all posts on the board, when everyone has been answered. */
  async readBoard() {
    while (this.requests.some(({ endedAt }) => endedAt === undefined)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const titles = [];
    for (let offset = 0; ; offset += pageSize) {
      const answer = await fetch(`${this.#url}/posts?offset=${offset}&limit=${pageSize}`);
      const { posts, total } = await answer.json();
      titles.push(...posts.map(({ title }) => title));
      if (offset + pageSize >= total) return titles;
    }
  }

  async #visit(kind) {
    const request = { kind, act: this.act, startedAt: performance.now() };
    this.requests.push(request);
    try {
      const answer = await this.#send(request);
      request.status = answer.status;
      const body = await answer.json();
      request.outcome = body.outcome;
      if (kind === 'health') request.health = healthOf(body);
    } catch {
      request.status ??= 0;
    }
    request.endedAt = performance.now();
  }

  #send(request) {
    const signal = AbortSignal.timeout(patienceMs);
    if (request.kind === 'read') return fetch(`${this.#url}/posts?limit=10`, { signal });
    if (request.kind === 'health') return fetch(`${this.#url}/health`, { signal });
    request.title = `Post ${++this.#count}`;
    return fetch(`${this.#url}/posts`, {
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ author: 'visitor', title: request.title, text: 'Hello.' }),
    });
  }
}

function healthOf({ status, info, error, details }) {
  const redis = details?.redis ?? info?.redis ?? error?.redis;
  return redis?.status ?? status ?? 'unknown';
}
