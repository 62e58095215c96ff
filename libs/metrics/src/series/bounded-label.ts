export interface BoundedLabelOptions {
  /** How many values are kept apart. */
  readonly maxValues: number;
  /** What all further values become. */
  readonly overflow: string;
}

/** Nobody names things at such length; what is longer was put together from data. */
const maxLength = 100;

/**
 * Keeps the values of a label few: the first ones keep their names, all others share one. What was let in
 * stays, so a series never changes its name.
 */
export class BoundedLabel {
  readonly #options: BoundedLabelOptions;
  readonly #values = new Set<string>();

  constructor(options: BoundedLabelOptions) {
    this.#options = options;
  }

  /** The value itself, or the overflow. */
  of(value: string): string {
    if (this.#values.has(value)) return value;
    const { maxValues, overflow } = this.#options;
    if (this.#values.size >= maxValues || value.length > maxLength) return overflow;
    this.#values.add(value);
    return value;
  }
}
