import { Flight, type Outcome } from './flight.js';

type Fly = (flight: Flight, arrive: (outcome: Outcome) => void) => Promise<void>;

/** The flights that are under way in this process: one a key. */
export class Flights {
  readonly #byKey = new Map<string, Flight>();
  /** Those that were replaced are still to land. */
  readonly #all = new Set<Flight>();

  /** The flight of a key that a caller may join who has found these versions. */
  find(key: string, versions: ReadonlyMap<string, string | null>): Flight | undefined {
    const flight = this.#byKey.get(key);
    return flight?.suits(versions) ? flight : undefined;
  }

  /** Starts one, in the place of any other: what that one makes is outdated. */
  start(key: string, fly: Fly): Flight {
    const earlier = this.#byKey.get(key);
    if (earlier !== undefined) earlier.isOutdated = true;
    const flight = new Flight(fly);
    this.#byKey.set(key, flight);
    this.#all.add(flight);
    void flight.landed.then(() => {
      this.#all.delete(flight);
      if (this.#byKey.get(key) === flight) this.#byKey.delete(key);
    });
    return flight;
  }

  /** What is being made for these keys is outdated. */
  outdate(keys: Iterable<string> = this.#byKey.keys()): void {
    for (const key of keys) {
      const flight = this.#byKey.get(key);
      if (flight !== undefined) flight.isOutdated = true;
    }
  }

  /** Resolves when all have landed that are under way now. */
  async landed(): Promise<void> {
    await Promise.all([...this.#all].map((flight) => flight.landed));
  }
}
