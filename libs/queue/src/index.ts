export { RedisQueueModule } from './redis-queue.module.js';
export type { RedisQueueModuleExtras, RedisQueueOptionsFactory } from './redis-queue.module-definition.js';
export type { OutboxOptions, RedisQueueModuleOptions } from './redis-queue.options.js';
export { type JobEvent, queueChannels } from './diagnostics/channels.js';
export { RedisQueueOutbox } from './redis-queue-outbox.js';
export { getQueueOutboxToken } from './redis-queue.tokens.js';
