/** What a numeric option accepts; both ends are included. */
export interface NumericRange {
  readonly min: number;
  /** @default Infinity, which itself is accepted only when it is named here */
  readonly max?: number;
  /** Whole numbers only. @default false */
  readonly integer?: boolean;
}

/** The longest delay Node's timers accept; a longer one would fire at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/**
 * Returns the value of a numeric option when it lies in its range.
 *
 * @throws TypeError when the value is not a number
 * @throws RangeError when it is NaN, outside the range, or a fraction where a whole number is needed.
 *   Both messages name the option, what is accepted and the value.
 */
export function numericOption(name: string, value: unknown, range: NumericRange): number {
  if (typeof value !== 'number') throw new TypeError(complaint(name, value, range));
  const fits = value >= range.min && value <= (range.max ?? Number.MAX_VALUE);
  if (!fits || (range.integer && !Number.isInteger(value) && value !== Infinity)) {
    throw new RangeError(complaint(name, value, range));
  }
  return value;
}

/**
 * Returns an option that must be a function.
 *
 * @throws TypeError when it is something else
 */
export function functionOption<F extends (...args: never[]) => unknown>(name: string, value: F): F {
  if (typeof value !== 'function') {
    throw new TypeError(`${name} must be a function, got ${display(value)}`);
  }
  return value;
}

function complaint(name: string, value: unknown, { min, max, integer }: NumericRange): string {
  const kind = integer ? 'a whole number' : 'a number';
  const span = max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;
  return `${name} must be ${kind} ${span}, got ${display(value)}`;
}

function display(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
