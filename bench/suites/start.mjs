import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { runContest } from '../harness/contest.mjs';

const program = fileURLToPath(new URL('../start/app.mjs', import.meta.url));
/** Nothing listens there. */
const refusedUrl = 'redis://127.0.0.1:1';

export const startSuite = {
  name: 'start',
  title: 'Start of an application',
  about:
    'From the start of the process, and from the call of NestFactory.create, until a small Nest application listens; a new process each time. Loading is the time to import Nest and, where used, the Redis module.',
  baseline: 'bare',
  needsRedis: true,
  spread: true,
  metrics: [
    { id: 'processMs', label: 'from process start, ms', digits: 0, better: 'lower', compared: true },
    { id: 'createMs', label: 'from NestFactory.create, ms', digits: 1, better: 'lower' },
    { id: 'loadMs', label: 'loading, ms', digits: 0, better: 'lower' },
  ],
  targets: ['up', 'refused', 'silent'].map((contestant) => ({ contestant, metric: 'processMs', more: 100 })),
  async run({ redisUrl, quick, repeat, only, onProgress }) {
    const rounds = repeat ?? (quick ? 5 : 15);
    const silent = createServer(() => {})
      .listen(0, '127.0.0.1')
      .unref();
    await new Promise((resolve) => silent.once('listening', resolve));
    const contestants = [
      { id: 'bare', label: 'without a Redis module' },
      { id: 'ioredis', label: 'ioredis alone, Redis up', redisUrl, client: 'ioredis' },
      { id: 'up', label: 'RedisModule, Redis up', redisUrl },
      { id: 'refused', label: 'RedisModule, connection refused', redisUrl: refusedUrl },
      {
        id: 'silent',
        label: 'RedisModule, Redis does not answer',
        redisUrl: `redis://127.0.0.1:${silent.address().port}`,
      },
    ].filter(({ id }) => !only || only.includes(id) || id === 'bare');
    const results = await runContest({
      contestants,
      cases: [{ id: 'start', label: 'until it listens' }],
      rounds,
      baseline: 'bare',
      measure: (contestant) => startOnce(contestant),
      onProgress,
    });
    silent.close();
    return { method: `${rounds} interleaved starts each`, results };
  },
};

/** Starts the application, reads its times, and ends it. */
async function startOnce({ redisUrl, client }) {
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, BENCH_REDIS_URL: redisUrl ?? '', BENCH_REDIS_CLIENT: client ?? '' },
  });
  try {
    return await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the application ended with ${code}`)));
    });
  } finally {
    child.kill('SIGKILL');
  }
}
