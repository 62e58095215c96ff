import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRedisService } from '@holdfast/redis';
import { Registry } from 'prom-client';
import { builtInInstruments } from './instruments/built-in-instruments.js';
import { resolveMetricsOptions } from './redis-metrics.options.js';
import { BoundedLabel } from './series/bounded-label.js';
import { SeriesSet } from './series/series-set.js';

const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };

/** Rows of the table: name, type, labels, and what it is. */
async function registered(): Promise<string[][]> {
  const registry = new Registry();
  const series = new SeriesSet(registry, '');
  const redis = createRedisService({}, { lazyConnect: true, log: silent });
  const operations = new BoundedLabel({ maxValues: 1, overflow: 'other' });
  const { durationBuckets } = resolveMetricsOptions({});
  const services = [{ registration: 'default', redis, operations }];
  for (const instrument of builtInInstruments) instrument({ series, services, durationBuckets });
  const rows = registry.getMetricsAsArray().map((metric) => {
    const { name, type, help, labelNames } = metric as unknown as Record<'name' | 'type' | 'help', string> & {
      labelNames: string[];
    };
    return [name, type, labelNames.join(', '), help];
  });
  series.close();
  await redis.close();
  return rows;
}

function documented(): string[][] {
  const page = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
  const [, table = ''] = page.split('<!-- series: kept in step with the registry by a test -->');
  const lines = table.split('\n## ')[0]?.split('\n') ?? [];
  const rows = lines.filter((line) => line.startsWith('|')).slice(2);
  return rows.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim().replaceAll('`', ''))); // prettier-ignore
}

describe('the table of series in the README (C10)', () => {
  it('has every series as it is registered, and no other', async () => {
    expect(documented()).toEqual(await registered());
  });

  it('has alerts only on series that there are', async () => {
    const page = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
    const alerts = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text).join('');
    const used = alerts.match(/\b(?:db_client|holdfast)_\w+/g) ?? [];
    const names = (await registered()).map(([name]) => name);
    const stem = (name: string) => name.replace(/_(?:bucket|count|sum)$/, '');
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !names.includes(name) && !names.includes(stem(name)))).toEqual([]);
  });
});
