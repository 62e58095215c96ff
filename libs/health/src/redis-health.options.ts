/** How one check judges. What is not given is taken from `RedisHealthModule.forRoot`, then from the defaults. */
export interface RedisCheckOptions {
  /**
   * Milliseconds without an answer after which a Redis that still looks connected counts as down; its clock
   * starts with the first PING that was not answered. The check itself answers within
   * {@link answerBudgetMs | 30 ms} or this, whichever is shorter, and goes on listening for the answer in the
   * background.
   *
   * @default 1000
   */
  timeout?: number;
  /**
   * What an application that cannot use Redis is: `'down'` (HTTP 503), or `'degraded'` (HTTP 200) where
   * everything that uses Redis works without it.
   *
   * @default 'down'
   */
  whenDown?: 'down' | 'degraded';
  /**
   * The registration to check, as named in `RedisModule.forRoot({ name })`.
   *
   * @default the one without a name
   */
  connection?: string;
}

/** What the code reads: complete and frozen. */
export interface ResolvedCheckOptions {
  readonly timeoutMs: number;
  readonly whenDown: 'down' | 'degraded';
  readonly connection: string | undefined;
}

/** Longest time in ms that a check waits for Redis: what is left of 50 ms belongs to HTTP. */
export const answerBudgetMs = 30;

const maxTimeoutMs = 86_400_000;

/**
 * Fills in what is missing, the later options first.
 *
 * @throws {RangeError} naming option, value and what is accepted
 */
export function resolveCheckOptions(
  defaults: RedisCheckOptions,
  options: RedisCheckOptions,
): ResolvedCheckOptions {
  const timeoutMs = options.timeout ?? defaults.timeout ?? 1_000;
  const whenDown = options.whenDown ?? defaults.whenDown ?? 'down';
  if (!(Number.isFinite(timeoutMs) && timeoutMs >= 1 && timeoutMs <= maxTimeoutMs)) {
    throw new RangeError(`timeout = ${timeoutMs}: accepted are milliseconds from 1 to ${maxTimeoutMs}`);
  }
  if (whenDown !== 'down' && whenDown !== 'degraded') {
    throw new RangeError(`whenDown = ${String(whenDown)}: accepted is 'down' or 'degraded'`);
  }
  return Object.freeze({ timeoutMs, whenDown, connection: options.connection ?? defaults.connection });
}
