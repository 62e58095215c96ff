import { waitFor } from '@holdfast/testing';
import { RunningDemo } from './running-demo.js';

jest.setTimeout(60_000);

describe('the metrics of the demo (C10)', () => {
  let demo: RunningDemo;

  const value = async (sample: RegExp) => {
    const { body } = await demo.get('/metrics');
    const [, number] = new RegExp(`^${sample.source} (\\S+)$`, 'm').exec(body) ?? [];
    return number === undefined ? undefined : Number(number);
  };
  const calls = (operation: string, result: string) =>
    value(
      new RegExp(
        `db_client_operation_duration_seconds_count\\{.*db_operation_name="${operation}",result="${result}".*\\}`,
      ),
    );
  const up = () => value(/holdfast_redis_up\{registration="default"\}/);

  beforeAll(async () => {
    demo = await RunningDemo.start();
  });

  afterAll(() => RunningDemo.killAll());

  it('C10 are at /metrics, of Redis and of the process', async () => {
    await demo.post('/posts', { author: 'Ada', title: 'Bicycle', text: 'Red, three gears.' });
    const { code, headers, body } = await demo.get('/metrics');
    expect(code).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await calls('create-post', 'success')).toBe(1);
    expect(await up()).toBe(1);
    expect(body).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
    expect(body).not.toContain('Bicycle');
  });

  it('C10 tell of a Redis that freezes and thaws, at once in every state', async () => {
    const { pid } = demo.ownRedis;
    process.kill(pid, 'SIGSTOP');
    try {
      expect((await demo.get('/metrics')).code).toBe(200);
      await waitFor(async () => (await up()) === 0, { timeoutMs: 20_000 });
      const answers = await Promise.all(Array.from({ length: 8 }, () => demo.get('/posts')));
      expect(answers.map(({ code }) => code)).toEqual(Array.from({ length: 8 }, () => 503));
      expect(await calls('count-posts', 'reject')).toBeGreaterThan(0);
      let fastest = Infinity;
      for (let i = 0; i < 8; i++) fastest = Math.min(fastest, (await demo.get('/metrics')).tookMs);
      expect(fastest).toBeLessThan(50);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await waitFor(async () => (await up()) === 1, { timeoutMs: 20_000 });
    expect(await value(/holdfast_redis_connection_reconnects_total\{.*role="shared"\}/)).toBe(1);
  });
});
