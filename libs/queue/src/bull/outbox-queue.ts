import { FlowProducer, type FlowProducerOptions, Queue, type QueueOptions } from 'bullmq';
import { runtimeOf } from '../queue-runtime.js';
import { ProducerBackend } from './producer-backend.js';
import { quietErrors } from './quiet-errors.js';

/** BullMQ's queue on the shared connection, with the outbox. */
export class OutboxQueue extends Queue {
  constructor(name: string, opts: QueueOptions) {
    const runtime = runtimeOf(opts);
    super(name, opts, ProducerBackend.factory(runtime));
    quietErrors(this, runtime.log, name);
    runtime.whenReady(() => {
      if (!this.closing && !opts.skipMetasUpdate) return this.getBackend().setQueueMeta(this.metaValues);
      return undefined;
    });
  }
}

/** BullMQ's flow producer on the shared connection. Flows do not wait in the outbox. */
export class SharedFlowProducer extends FlowProducer {
  constructor(opts: FlowProducerOptions) {
    const runtime = runtimeOf(opts);
    super(opts, ProducerBackend.factory(runtime));
    quietErrors(this, runtime.log, 'flows');
  }
}
