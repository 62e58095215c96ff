/** One line of what Prometheus reads. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** What one scrape said. */
export class Samples {
  /** Names with a `# TYPE` line. */
  readonly declared: readonly string[];
  readonly all: readonly Sample[];

  constructor(readonly text: string) {
    const lines = text.split('\n').filter((line) => line !== '');
    this.declared = lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
    this.all = lines.filter((line) => !line.startsWith('#')).map(parse);
  }

  /** Values of a series with at least these labels. */
  values(name: string, labels: Record<string, string> = {}): number[] {
    return this.all
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .map(({ value }) => value);
  }

  /** Sum over all samples of a series with these labels; `undefined` when there is none. */
  sum(name: string, labels: Record<string, string> = {}): number | undefined {
    const values = this.values(name, labels);
    return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
  }

  /** Declared names without any sample. */
  get empty(): string[] {
    return this.declared.filter((name) => !this.all.some((sample) => familyOf(sample.name, this.declared) === name));
  }

  /** Names of samples that nobody declared. */
  get undeclared(): string[] {
    return this.all.map(({ name }) => name).filter((name) => familyOf(name, this.declared) === undefined);
  }
} // prettier-ignore

function familyOf(name: string, declared: readonly string[]): string | undefined {
  return [name, name.replace(/_(?:bucket|sum|count)$/, '')].find((candidate) => declared.includes(candidate));
}

function parse(line: string): Sample {
  const [, name = '', labels = '', value = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === '') throw new Error(`Not a sample: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [label, text]);
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
} // prettier-ignore
