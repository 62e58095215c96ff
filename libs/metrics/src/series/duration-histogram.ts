export interface DurationHistogramOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  /** Upper bounds in seconds, ascending; `+Inf` is added. */
  readonly buckets: readonly number[];
}

interface HistogramSample {
  readonly metricName: string;
  readonly labels: Record<string, string | number>;
  readonly value: number;
}

interface HistogramObject<More = unknown> {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram';
  readonly aggregator: 'sum';
  readonly values: Array<HistogramSample & More>;
}

/** The durations of one set of labels. Keep it at hand: recording looks nothing up. */
export class Durations {
  /** How many were at most so long, not counting those of the bound before; the last has no bound. */
  readonly counts: number[];
  sum = 0;
  readonly #bounds: readonly number[];

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** Counts one duration in seconds. */
  record(seconds: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    (this.counts[bucket] as number)++;
    this.sum += seconds;
  }
}

/**
 * A histogram as a prom-client registry takes it. prom-client's own puts a key together from all labels at each
 * observation, which with six labels costs ten times as much as counting.
 */
export class DurationHistogram<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly labelNames: readonly Label[];
  readonly #buckets: readonly number[];
  readonly #series = new Map<string, { labels: Record<Label, string>; durations: Durations }>();

  constructor({ name, help, labelNames, buckets }: DurationHistogramOptions<Label>) {
    this.name = name;
    this.help = help;
    this.#buckets = buckets;
    this.labelNames = labelNames;
  }

  /** The durations of these labels; the same ones for the same labels. */
  of(labels: Record<Label, string>): Durations {
    const key = JSON.stringify(this.labelNames.map((label) => labels[label]));
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels, durations: new Durations(this.#buckets) };
      this.#series.set(key, series);
    }
    return series.durations;
  }

  /** What a registry asks for to make JSON of it. */
  async get(): Promise<HistogramObject> {
    const { values, ...rest } = await this.getForPromString();
    return {
      ...rest,
      values: values.map(({ sharedLabels, labels, ...value }) => ({
        ...value,
        labels: { ...labels, ...sharedLabels },
      })),
    };
  }

  /** What it asks for to make text of it: labels that many samples share are turned into text once. */
  getForPromString(): Promise<HistogramObject<{ sharedLabels: Record<Label, string> }>> {
    const { name, help, type, aggregator } = this;
    const values = [...this.#series.values()].flatMap(({ labels, durations }) =>
      this.#samples(durations).map((sample) => ({ ...sample, sharedLabels: labels })),
    );
    return Promise.resolve({ name, help, type, aggregator, values });
  } // prettier-ignore

  /** Sets everything to zero. Durations at hand stay valid. */
  reset(): void {
    for (const { durations } of this.#series.values()) {
      durations.counts.fill(0);
      durations.sum = 0;
    }
  }

  #samples({ counts, sum }: Durations): HistogramSample[] {
    const metricName = `${this.name}_bucket`;
    let count = 0;
    const buckets = counts.map((of, index) => {
      count += of;
      return { metricName, labels: { le: this.#buckets[index] ?? '+Inf' }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels: {}, value: sum },
      { metricName: `${this.name}_count`, labels: {}, value: count },
    ];
  }
}
