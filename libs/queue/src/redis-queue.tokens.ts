import { RedisQueueOutbox } from './redis-queue-outbox.js';

/**
 * Token of the outbox and the connections of a registration.
 *
 * @param configKey as given to `RedisQueueModule.forRoot`; the default registration without it
 */
export function getQueueRuntimeToken(configKey?: string): symbol {
  return Symbol.for(configKey === undefined ? 'holdfast:queue' : `holdfast:queue:${configKey}`);
}

/**
 * Token of what can be seen of the outbox of a registration.
 *
 * @param configKey as given to `RedisQueueModule.forRoot`; the default registration without it
 */
export function getQueueOutboxToken(configKey?: string): symbol | typeof RedisQueueOutbox {
  return configKey === undefined ? RedisQueueOutbox : Symbol.for(`holdfast:queue-outbox:${configKey}`);
}
