import { randomBytes } from 'node:crypto';

/**
 * One bit in Redis that is set in the same step in which the job is added. Whoever finds it set knows that the
 * job was added, even when it has been completed and removed since.
 */
export interface AddTicket {
  /** Key of the bits. */
  readonly key: string;
  readonly bit: number;
}

/** Bits of one key: one kilobyte. */
const bitsPerKey = 8_192;

/** The bits of one prefix that are being given out. */
interface Strip {
  key: string;
  given: number;
}

/**
 * Hands out tickets, and ids to go with them. What it costs Redis is a key of a kilobyte for 8192 jobs, for as
 * long as keys live.
 */
export class AddTickets {
  /** Nobody else's: 96 random bits. */
  readonly #producer = randomBytes(12).toString('base64url');
  readonly #strips = new Map<string, Strip>();
  #ids = 0;
  #keys = 0;

  /** @param prefix of the queue: in a cluster the bits must live where the queue lives */
  next(prefix: string): AddTicket {
    let strip = this.#strips.get(prefix);
    if (strip === undefined || strip.given === bitsPerKey) {
      strip = { key: `${prefix}:holdfast-added:${this.#producer}:${this.#keys++}`, given: 0 };
      this.#strips.set(prefix, strip);
    }
    return { key: strip.key, bit: strip.given++ };
  }

  /** An id that no other job has. It is made up before the job is sent, so that sending it again is the same job. */
  nextId(): string {
    return `${this.#producer}-${(this.#ids++).toString(36)}`;
  }
}
