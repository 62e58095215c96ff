import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import { FaultProxy, RedisServer, waitFor } from '@holdfast/testing';
import { Queue, Worker } from 'bullmq';
import { closeServices, openService } from '../redis/open-service.js';
import { closeApplications, QueueApplication } from './queue-application.js';

describe('A3, C2: BullMQ as it is', () => {
  let server: RedisServer;
  let proxy: FaultProxy;

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start({ target: server });
  });
  afterEach(async () => {
    await closeApplications();
    await closeServices();
    await proxy.stop();
    await server.stop();
  });

  it('takes a lost connection of createBullConnection() for what it is, not for a failure of the job', async () => {
    const redis = openService({ url: proxy.url });
    const past = openService({ url: server.url });
    const queue = new Queue('q', { connection: past.createBullConnection() as never });
    await queue.waitUntilReady();
    const events: string[] = [];
    const connection = redis.createBullConnection() as never;
    const worker = new Worker('q', async () => void proxy.faults.cutBefore({ commands: ['EVAL', 'EVALSHA'], nth: 1 }), { connection, runRetryDelay: 50 }); // prettier-ignore
    worker.on('error', () => undefined);
    worker.on('completed', () => events.push('completed'));
    worker.on('failed', () => events.push('failed'));
    try {
      await queue.add('n', {});
      await waitFor(() => events.length > 0);
      expect(events).toEqual(['completed']);
    } finally {
      await Promise.all([worker.close(), queue.close()]);
    }
  });

  it('works beside ours, with queues and connections of its own', async () => {
    const seen: string[] = [];
    @Processor('own')
    class Own extends WorkerHost {
      override async process(): Promise<void> {
        seen.push(this.worker.constructor.name);
      }
    }
    const connection = { host: server.host, port: server.port };
    const app = await QueueApplication.start({
      redis: { url: server.url },
      imports: [BullModule.registerQueue({ name: 'own', connection, prefix: 'theirs' })],
      providers: [Own],
    });
    const queue = app.context.get<Queue>(getQueueToken('own'), { strict: false });
    const job = await queue.add('n', {});
    expect(job.id).toBe('1');
    await waitFor(() => seen.length === 1);
    expect(app.redis.getConnections()).toHaveLength(1);
  });
});
