// A process that makes values. One line of JSON in: a request; one line out: what came of it.
import { createInterface } from 'node:readline';
import { createRedisCache } from '@holdfast/cache';
import { createRedisService } from '@holdfast/redis';

const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };
const redis = createRedisService({ url: process.env.MAKING_REDIS_URL, appName: 'making' }, { log: silent });
const { service } = createRedisCache(redis, { lockTtlMs: 600 });
await redis.connect();

async function make({ key, takesMs, callers, options }) {
  let made = 0;
  const factory = async () => {
    made++;
    await new Promise((resolve) => setTimeout(resolve, takesMs));
    return `${process.pid} made it`;
  };
  const values = await Promise.all(
    Array.from({ length: callers }, () =>
      service.getOrSet(key, factory, options).catch((error) => error.code),
    ),
  );
  return { made, values: [...new Set(values)] };
}

for await (const line of createInterface(process.stdin)) {
  process.stdout.write(`${JSON.stringify(await make(JSON.parse(line)))}\n`);
}
await redis.close();
