// The packages are ESM; CommonJS requires them all the same.
const { createRedisService } = require('@holdfast/redis');
const { CircuitBreaker } = require('@holdfast/resilience');

async function main() {
  const redis = createRedisService();
  await redis.set('from', 'CommonJS');
  const value = await redis.get('from');
  await redis.close();
  console.log(JSON.stringify({ value, breaker: new CircuitBreaker().state.kind }));
}

main();
