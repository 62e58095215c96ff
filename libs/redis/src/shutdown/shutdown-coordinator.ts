import type { RedisLog } from '../connections/connection-log.js';

/**
 * Phases in which a process lets go of Redis, in this order. Connections are closed after the last.
 *
 * - `intake`: take no new work
 * - `workers`: finish what was begun
 * - `buffers`: send what is only in memory
 */
export type ShutdownPhase = 'intake' | 'workers' | 'buffers';

/** Somebody with something to finish before the connections close. */
export interface ShutdownParticipant {
  readonly phase: ShutdownPhase;
  /** For the log, when it does not finish in time. */
  readonly name: string;
  /** @param remainingMs time in ms until the deadline of the whole shutdown */
  run(remainingMs: number): Promise<void> | void;
}

/** Longer ones fire at once. */
const longestTimerMs = 2_147_483_647;

const phases: readonly ShutdownPhase[] = ['intake', 'workers', 'buffers'];

/** Share of the time that is kept for the buffers, should a worker never finish. */
const reservedRatio = 0.2;

/** Runs the phases of a shutdown within one deadline, independent of the order in which modules were imported. */
export class ShutdownCoordinator {
  readonly #participants = new Set<ShutdownParticipant>();
  readonly #log: RedisLog;
  readonly #now: () => number;

  constructor(log: RedisLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** @returns a function that takes the participant out again */
  register(participant: ShutdownParticipant): () => void {
    this.#participants.add(participant);
    return () => this.#participants.delete(participant);
  }

  /**
   * Runs every phase; the participants of one phase run at the same time. One that fails or does not finish
   * is named in the log and does not hold up the others. A fifth of the time is kept for the buffers.
   *
   * @param deadlineAt monotonic time in ms
   */
  async run(deadlineAt: number): Promise<void> {
    const reservedMs = deadlineAt === Infinity ? 0 : Math.max(0, deadlineAt - this.#now()) * reservedRatio;
    for (const phase of phases) {
      const members = [...this.#participants].filter((participant) => participant.phase === phase);
      const phaseEndsAt = phase === 'buffers' ? deadlineAt : deadlineAt - reservedMs;
      await Promise.all(members.map((member) => this.#runOne(member, phaseEndsAt)));
    }
  }

  async #runOne(participant: ShutdownParticipant, deadlineAt: number): Promise<void> {
    const remainingMs = Math.max(0, deadlineAt - this.#now());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), Math.min(remainingMs, longestTimerMs));
    });
    try {
      const result = await Promise.race([Promise.resolve(participant.run(remainingMs)), late]);
      if (result === 'late') {
        this.#log.warn(`event=shutdown-late phase=${participant.phase} participant=${participant.name}`);
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.error(
        `event=shutdown-failed phase=${participant.phase} participant=${participant.name} ${reason}`,
      );
    } finally {
      clearTimeout(timer);
    }
  }
}
