import { createRedisService, type RedisService } from '@holdfast/redis';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecordingLog } from '../integration/redis/open-service.js';
import { CallLog } from './call-log.js';
import type { EndFault, Fault, FaultSite } from './fault.js';
import { callsThatHung, type Violation } from './invariants.js';
import { connectionAttempts, countTold, durations, type Figures, quantile, rounded } from './measure.js';
import type { OpenSubject, Subject } from './subjects/subject.js';

export type Load = 'idle' | 'busy';

/** What came out of one fault that struck one subject. */
export interface CellResult {
  readonly fault: string;
  readonly subject: string;
  readonly load: Load;
  readonly figures: Figures;
  readonly violations: readonly Violation[];
}

/** The promises of the design, and room for a machine that has other things to do as well. */
const promises = { foundMs: 3_000, foundAtOnceMs: 0, recoveredMs: 2_500 };
const roomMs = 700;
const appName = 'faults';
const deadlineMs = 2_000;
const lastsMs = 1_500;
const shutdownMs = 1_000;
const worksBefore = 20;
/** After this a cell does not wait any longer for what should have happened. */
const patienceMs = 5_000;
/** Full jitter may draw short delays a few times in a row; over some seconds it does not. */
const most = { attemptsPerSecond: 8, linesPerConnection: 12 };

/** One fault against one subject, on a server and behind a proxy of its own. */
export async function runCell(fault: Fault, subject: Subject, load: Load): Promise<CellResult> {
  const server = await RedisServer.start(fault.server);
  const proxy = await FaultProxy.start({ target: server });
  const cell = new Cell(fault, load, server, proxy);
  try {
    await withTimeLimit(cell.run(subject), (fault.lastsMs ?? lastsMs) + 30_000);
  } catch (error) {
    // A promise that was not kept, too: whatever waited, waited in vain.
    cell.violations.push(
      `the cell failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  } finally {
    await cell.close();
    await withTimeLimit(proxy.stop(), patienceMs).catch(() => cell.violations.push('the proxy did not stop'));
    await withTimeLimit(server.stop(), patienceMs).catch(() =>
      cell.violations.push('the server did not stop'),
    );
  }
  return {
    fault: fault.name,
    subject: subject.name,
    load,
    figures: cell.figures(),
    violations: cell.violations,
  };
}

class Cell {
  readonly violations: Violation[] = [];
  readonly #fault: Fault;
  readonly #load: Load;
  readonly #site: FaultSite;
  readonly #calls = new CallLog();
  readonly #lines = new RecordingLog();
  readonly #services: RedisService[] = [];
  #workers: Promise<void>[] = [];
  #working = true;
  #lostAt: number | undefined;
  #beganAt = 0;
  #knownAt = 0;
  #endedAt = 0;
  #detectMs: number | null = null;
  #recoverMs: number | null = null;
  #hung = 0;
  #attemptsBefore = 0;
  #attemptsPerSecond = 0;

  constructor(fault: Fault, load: Load, server: RedisServer, proxy: FaultProxy) {
    this.#fault = fault;
    this.#load = load;
    this.#site = { server, proxy, lost: () => (this.#lostAt = performance.now()) };
  }

  async run(subject: Subject): Promise<void> {
    const fault = this.#fault;
    await fault.prepare?.(this.#site);
    const { open, end } = fault.fromTheStart ? await this.#startBroken(subject) : await this.#start(subject);
    await sleep(fault.lastsMs ?? lastsMs);
    await end();
    this.#endedAt = performance.now();
    await this.#recovers(open);
    await this.#finish(open);
  }

  async close(): Promise<void> {
    this.#working = false;
    const closed = Promise.all(this.#services.map((service) => service.close(shutdownMs)));
    await withTimeLimit(closed, shutdownMs + roomMs).catch(() =>
      this.violations.push(`leave: the shutdown took longer than its ${shutdownMs} ms`),
    );
    // Asked of the proxy: in a network that has forgotten a connection the server does not hear of its end.
    await waitFor(() => this.#site.proxy.connections.length === 0, { timeoutMs: 1_000 + roomMs }).catch(() =>
      this.violations.push('leave: connections are left after the shutdown'),
    );
  }

  figures(): Figures {
    const { records } = this.#calls;
    const whileOut = durations(records, this.#knownAt, this.#endedAt);
    return {
      detectMs: this.#detectMs,
      recoverMs: this.#recoverMs,
      calls: records.length,
      hung: this.#hung,
      callsWhileOut: whileOut.length,
      p50WhileOutMs: quantile(whileOut, 0.5),
      p99WhileOutMs: quantile(whileOut, 0.99),
      told: countTold(records),
      attemptsPerSecond: rounded(this.#attemptsPerSecond),
      logLines: this.#lines.lines.length,
    };
  }

  async #start(subject: Subject): Promise<{ open: OpenSubject; end: EndFault }> {
    const open = await this.#open(subject);
    await waitFor(() => works(open), { message: 'the subject to work' });
    // So that Redis holds something that can be read, deleted or lost.
    for (let round = 0; round < worksBefore; round++) await open.work();
    if (this.#load === 'busy') {
      this.#work(open, 6);
      const before = this.#calls.records.length;
      await waitFor(() => this.#calls.records.length > before + 30, { message: 'the load' });
    }
    this.#begins();
    const end = await this.#fault.begin(this.#site);
    // What a fault needs to begin is not time in which it could be seen.
    const seenFrom = this.#fault.found === 'at-once' ? this.#beganAt : performance.now();
    await this.#isFound(open, seenFrom);
    this.#knownAt = performance.now();
    if (this.#load === 'idle') this.#work(open, 1);
    return { open, end };
  }

  async #startBroken(subject: Subject): Promise<{ open: OpenSubject; end: EndFault }> {
    const end = await this.#fault.begin(this.#site);
    const open = await this.#open(subject);
    this.#begins();
    this.#knownAt = this.#beganAt;
    this.#work(open, this.#load === 'busy' ? 6 : 1);
    return { open, end };
  }

  #open(subject: Subject): Promise<OpenSubject> {
    const options = {
      commandTimeoutMs: this.#fault.commandTimeoutMs ?? deadlineMs,
      ...(this.#fault.options?.(this.#site) ?? { url: this.#site.proxy.url }),
    };
    return subject.open({
      fault: this.#fault,
      site: this.#site,
      options,
      log: this.#calls,
      service: (given) => {
        const service = createRedisService({ appName, ...given }, { log: this.#lines });
        this.#services.push(service);
        return service;
      },
    });
  }

  #begins(): void {
    this.#beganAt = performance.now();
    this.#attemptsBefore = connectionAttempts(this.#services).attempts;
  }

  async #isFound(open: OpenSubject, since: number): Promise<void> {
    const { found } = this.#fault;
    if (found === 'not') return;
    const laterMs = (open.foundLaterMs ?? 0) + (this.#fault.strikesAfterMs ?? 0);
    const promisedMs = found === 'at-once' ? promises.foundAtOnceMs : promises.foundMs + laterMs;
    const isDown = await waitFor(() => !open.isUp(), {
      timeoutMs: promisedMs + patienceMs,
      intervalMs: 2,
    }).catch(() => false);
    if (isDown) this.#detectMs = rounded(Math.max(0, performance.now() - since));
    if (this.#detectMs === null || this.#detectMs > promisedMs + roomMs) {
      this.violations.push(`detect: found after ${this.#detectMs ?? 'never'} ms, promised are ${promisedMs}`);
    }
  }

  #work(open: OpenSubject, workers: number): void {
    const pauseMs = this.#fault.valueBytes ? 250 : 40;
    this.#workers = Array.from({ length: workers }, async (_, index) => {
      await sleep((index * pauseMs) / workers);
      while (this.#working) {
        await open.work();
        await sleep(pauseMs);
      }
    });
  }

  async #recovers(open: OpenSubject): Promise<void> {
    const isBack = await waitFor(async () => (await works(open)) && open.isUp(), {
      timeoutMs: promises.recoveredMs + patienceMs,
    }).catch(() => false);
    const now = performance.now();
    if (isBack) this.#recoverMs = rounded(now - this.#endedAt);
    if (this.#recoverMs === null || this.#recoverMs > promises.recoveredMs + roomMs) {
      this.violations.push(
        `recover: works again after ${this.#recoverMs ?? 'never'} ms, promised are ${promises.recoveredMs}`,
      );
    }
    const { attempts, connections } = connectionAttempts(this.#services);
    const seconds = (now - this.#beganAt) / 1_000;
    this.#attemptsPerSecond = (attempts - this.#attemptsBefore) / connections / seconds;
    if (this.#attemptsPerSecond > most.attemptsPerSecond) {
      this.violations.push(`recover: ${rounded(this.#attemptsPerSecond)} attempts a second and connection`);
    }
  }

  async #finish(open: OpenSubject): Promise<void> {
    this.#working = false;
    const { records } = this.#calls;
    const commandDeadlineMs = this.#fault.commandTimeoutMs ?? deadlineMs;
    const ended = Promise.all(this.#workers).then(() => open.settle?.());
    const inTime = await Promise.race([
      ended.then(() => true),
      sleep(2 * commandDeadlineMs + patienceMs, false, { ref: false }),
    ]);
    if (!inTime) this.violations.push(`never hang: ${this.#calls.underWay} calls have not ended`);
    const hung = callsThatHung(records, (op) => open.deadlineMs(op), roomMs);
    this.#hung = hung.length;
    this.violations.push(...hung);
    this.violations.push(...(await open.violations({ lostAt: this.#lostAt })));
    this.#checkLines();
  }

  /** One line a state change: bounded by how often connections came and went, not by attempts or calls. */
  #checkLines(): void {
    const snapshots = this.#services.flatMap((service) => service.getConnections());
    const changes = snapshots.reduce((sum, { reconnects }) => sum + reconnects, snapshots.length);
    const { lines } = this.#lines;
    if (lines.length > changes * most.linesPerConnection) {
      this.violations.push(
        `see: ${lines.length} lines for ${changes} times connected, the last: ${lines.at(-1)}`,
      );
    }
  }
}

/** Asks a subject to do its work, and does not wait for long. */
async function works(open: OpenSubject): Promise<boolean> {
  const done = open.works().catch(() => false);
  return Promise.race([done, sleep(300, false, { ref: false })]);
}

async function withTimeLimit(done: Promise<unknown>, limitMs: number): Promise<void> {
  const late = sleep(limitMs, undefined, { ref: false }).then(() => {
    throw new Error(`it was not done within ${limitMs} ms`);
  });
  await Promise.race([done, late]);
}
