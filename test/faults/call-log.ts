import { classifyError, RedisError } from '@holdfast/redis';

/** What a caller was told of a call: that it worked, or what certainly happened to it. */
export type Told = 'ok' | 'not-sent' | 'rejected' | 'unknown';

/** One call, and what its caller was told. Times are monotonic milliseconds. */
export interface CallRecord {
  readonly op: string;
  readonly key: string;
  /** What was written. */
  readonly value?: string;
  readonly startedAt: number;
  settledAt?: number;
  told?: Told;
  /** What Redis, or memory, answered. */
  reply?: unknown;
  /** Code and kind of the error, e.g. `REDIS_UNAVAILABLE/ECONNREFUSED`. */
  error?: string;
  /** The error was none of this package. */
  untyped?: boolean;
}

/** Writes down every call and what became of it. */
export class CallLog {
  readonly records: CallRecord[] = [];
  readonly #underWay = new Set<Promise<unknown>>();

  /** Makes a call and waits for its end; never rejects. */
  async call(
    { op, key, value }: Pick<CallRecord, 'op' | 'key' | 'value'>,
    make: () => Promise<unknown>,
  ): Promise<CallRecord> {
    const record: CallRecord = {
      op,
      key,
      ...(value === undefined ? {} : { value }),
      startedAt: performance.now(),
    };
    this.records.push(record);
    const made = make().then(
      (reply) => Object.assign(record, { told: 'ok', reply, settledAt: performance.now() }),
      (error: unknown) => Object.assign(record, toldBy(error), { settledAt: performance.now() }),
    );
    this.#underWay.add(made);
    await made.finally(() => this.#underWay.delete(made));
    return record;
  }

  /** Calls that have not ended. */
  get underWay(): number {
    return this.#underWay.size;
  }
}

/** What an error tells its caller. Errors of ioredis itself mean what `classifyError` says of them. */
export function toldBy(error: unknown): Pick<CallRecord, 'told' | 'error' | 'untyped'> {
  if (RedisError.isRedisError(error)) return { told: error.outcome, error: `${error.code}/${error.kind}` };
  const { outcome, kind } = classifyError(error);
  return { told: outcome, error: kind, untyped: true };
}
