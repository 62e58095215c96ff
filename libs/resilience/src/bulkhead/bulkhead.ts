import { numericOption } from '../options/numeric-option.js';

export interface BulkheadOptions {
  /** How many operations may be inside at once; Infinity: any number. @default Infinity */
  readonly maxOperations?: number;
  /** How many bytes they may bring along together; Infinity: any number. @default Infinity */
  readonly maxBytes?: number;
}

/** Bounds how much is under way or waiting at once, by number and by bytes. Refuses instead of queueing. */
export class Bulkhead {
  private readonly maxOperations: number;
  private readonly maxBytes: number;
  private inside = 0;
  private bytesInside = 0;
  private refused = 0;

  /** @throws TypeError | RangeError when an option is not in its range */
  constructor({ maxOperations = Infinity, maxBytes = Infinity }: BulkheadOptions = {}) {
    this.maxOperations = numericOption('maxOperations', maxOperations, {
      min: 0,
      max: Infinity,
      integer: true,
    });
    this.maxBytes = numericOption('maxBytes', maxBytes, { min: 0, max: Infinity });
  }

  /**
   * Lets an operation in if there is room for it and its bytes; true must be answered by one {@link leave}.
   *
   * @throws TypeError | RangeError when `bytes` is not a whole number of at least 0
   */
  tryEnter(bytes = 0): boolean {
    numericOption('bytes', bytes, { min: 0, max: Infinity, integer: true });
    if (this.inside >= this.maxOperations || this.bytesInside + bytes > this.maxBytes) {
      this.refused++;
      return false;
    }
    this.inside++;
    this.bytesInside += bytes;
    return true;
  }

  /**
   * Ends an operation that was let in with as many bytes.
   *
   * @throws RangeError when nothing is inside that could leave; the counts stay as they were
   */
  leave(bytes = 0): void {
    numericOption('bytes', bytes, { min: 0, max: this.bytesInside, integer: true });
    if (this.inside === 0)
      throw new RangeError('leave() must follow a tryEnter() that returned true, got one too many');
    this.inside--;
    this.bytesInside -= bytes;
  }

  /** Operations inside. */
  get operations(): number {
    return this.inside;
  }

  /** Bytes of the operations inside. */
  get bytes(): number {
    return this.bytesInside;
  }

  /** Operations refused since the start. */
  get rejects(): number {
    return this.refused;
  }
}
