// A script as anyone would write it: no Nest application, no TypeScript, and no process.exit at its end.
import { createRedisService, getRedisService, RedisUnavailableError } from '@holdfast/redis';

const shared = getRedisService();
const own = createRedisService({ appName: 'own' });
await shared.set('greeting', 'hello', 60);
const value = await own.get('greeting');
const isOne = getRedisService() === shared;
await own.close();
await shared.close();
const refusal = await own.strict.get('greeting').catch((error) => error);
const isAnother = getRedisService({}, { lazyConnect: true }) !== shared;
await getRedisService().close();
const closedAt = performance.now();

process.on('exit', () => {
  const exitMs = performance.now() - closedAt;
  const refused = refusal instanceof RedisUnavailableError ? refusal.outcome : String(refusal);
  console.log(JSON.stringify({ value, isOne, isAnother, refused, exitMs }));
});
