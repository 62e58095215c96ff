import {
  BullModule,
  type RegisterFlowProducerAsyncOptions,
  type RegisterFlowProducerOptions,
  type RegisterQueueAsyncOptions,
  type RegisterQueueOptions,
} from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import { OutboxQueue, SharedFlowProducer } from './bull/outbox-queue.js';
import { RedisQueueCoreModule } from './redis-queue.core-module.js';
import type { ASYNC_OPTIONS_TYPE, OPTIONS_TYPE } from './redis-queue.module-definition.js';
import { PatientWorker } from './workers/patient-worker.js';

/** `BullModule` with classes of ours, without changing them for who uses it itself. */
class OutboxBullModule extends BullModule {
  static prepare(): typeof OutboxBullModule {
    OutboxBullModule.queueClass = OutboxQueue;
    OutboxBullModule.flowProducerClass = SharedFlowProducer;
    // This one reaches every worker of the process; with a connection of somebody else it is BullMQ's.
    OutboxBullModule.workerClass = PatientWorker;
    return OutboxBullModule;
  }
}

/**
 * BullMQ on the connections that `RedisModule` owns, with an outbox for outages. Everything else of
 * `@nestjs/bullmq` stays as it is: `@Processor`, `WorkerHost`, `@InjectQueue`, `@OnWorkerEvent`,
 * `@QueueEventsListener`, `@InjectFlowProducer`.
 *
 * `forRoot` once, then `registerQueue` for each queue.
 */
@Module({})
export class RedisQueueModule {
  /** What all queues share, with options known now. */
  static forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    OutboxBullModule.prepare();
    return { module: RedisQueueModule, imports: [RedisQueueCoreModule.forRoot(options)] };
  }

  /** What all queues share, with options from a factory, a class, or an existing provider. */
  static forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    OutboxBullModule.prepare();
    return { module: RedisQueueModule, imports: [RedisQueueCoreModule.forRootAsync(options)] };
  }

  /** Registers queues, as `BullModule.registerQueue` does. */
  static registerQueue(...queues: Array<Omit<RegisterQueueOptions, 'connection'>>): DynamicModule {
    return OutboxBullModule.prepare().registerQueue(...queues);
  }

  /** Registers queues whose options come from a factory, a class, or an existing provider. */
  static registerQueueAsync(...queues: RegisterQueueAsyncOptions[]): DynamicModule {
    return OutboxBullModule.prepare().registerQueueAsync(...queues);
  }

  /** Registers flow producers. In an outage they fail at once: flows do not wait in the outbox. */
  static registerFlowProducer(
    ...producers: Array<Omit<RegisterFlowProducerOptions, 'connection'>>
  ): DynamicModule {
    return OutboxBullModule.prepare().registerFlowProducer(...producers);
  }

  /** Registers flow producers whose options come from a factory, a class, or an existing provider. */
  static registerFlowProducerAsync(...producers: RegisterFlowProducerAsyncOptions[]): DynamicModule {
    return OutboxBullModule.prepare().registerFlowProducerAsync(...producers);
  }
}
