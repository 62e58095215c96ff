import { InjectQueue, Processor, WorkerHost, getQueueToken } from '@nestjs/bullmq';
import { RedisModule, type RedisModuleOptions, RedisService } from '@holdfast/redis';
import { RedisQueueModule, type RedisQueueModuleExtras, type RedisQueueModuleOptions, RedisQueueOutbox } from '@holdfast/queue'; // prettier-ignore
import { type INestApplicationContext, Logger, type Provider, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { RedisServer } from '@holdfast/testing';
import type { Job, Queue, WorkerOptions } from 'bullmq';

export { InjectQueue };

/** What a processor under test has seen. */
export class Seen {
  readonly started: string[] = [];
  readonly data: unknown[] = [];
  readonly completed: string[] = [];
  readonly failed: string[] = [];
  work: (job: Job) => Promise<unknown> = async () => 'done';
}

/** A processor class of its own for each application: Nest keeps options on the class. */
export function processorFor(
  queue: string,
  seen: Seen,
  options: Omit<WorkerOptions, 'connection'> = {},
): Type<WorkerHost> {
  @Processor(queue, options as WorkerOptions)
  class TestProcessor extends WorkerHost {
    override async process(job: Job): Promise<unknown> {
      seen.started.push(job.id as string);
      seen.data.push(job.data);
      return seen.work(job);
    }
  }
  return TestProcessor;
}

export interface QueueApplicationOptions {
  redis: RedisModuleOptions;
  queue?: RedisQueueModuleOptions & RedisQueueModuleExtras;
  queues?: string[];
  flows?: boolean;
  providers?: Provider[];
  imports?: NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>;
}

const open = new Set<QueueApplication>();

/** An application with queues, started as Nest starts one. */
export class QueueApplication {
  readonly lines: string[];
  #closing: Promise<void> | undefined;

  private constructor(
    readonly context: INestApplicationContext,
    lines: string[],
  ) {
    this.lines = lines;
  }

  static async start(options: QueueApplicationOptions): Promise<QueueApplication> {
    const lines: string[] = [];
    const write = (message: unknown): void => void lines.push(String(message));
    const logger = { log: write, warn: write, error: write };
    Logger.overrideLogger(logger);
    const module = await Test.createTestingModule({
      imports: [
        RedisModule.forRoot({ appName: 'test', ...options.redis }),
        RedisQueueModule.forRoot(options.queue ?? {}),
        RedisQueueModule.registerQueue(...(options.queues ?? ['q']).map((name) => ({ name }))),
        ...(options.flows ? [RedisQueueModule.registerFlowProducer({ name: 'flows' })] : []),
        ...(options.imports ?? []),
      ],
      providers: options.providers ?? [],
    })
      .setLogger(logger)
      .compile();
    const app = new QueueApplication(module, lines);
    await module.init();
    open.add(app);
    return app;
  }

  queue(name = 'q'): Queue {
    return this.context.get(getQueueToken(name), { strict: false });
  }

  get redis(): RedisService {
    return this.context.get(RedisService, { strict: false });
  }

  get outbox(): RedisQueueOutbox {
    return this.context.get(RedisQueueOutbox, { strict: false });
  }

  close(): Promise<void> {
    open.delete(this);
    this.#closing ??= this.context.close();
    return this.#closing;
  }
}

/** To be called after each test. */
export async function closeApplications(): Promise<void> {
  await Promise.all([...open].map((app) => app.close()));
}

/** Ids of the jobs that wait, oldest first. */
export async function waiting(server: RedisServer, queue = 'q', prefix = 'bull'): Promise<string[]> {
  return ((await server.command('LRANGE', `${prefix}:${queue}:wait`, '0', '-1')) as string[]).toReversed();
}

/** Names of the clients of a server that are ours. */
export async function clientNames(server: RedisServer): Promise<string[]> {
  const list = String(await server.command('CLIENT', 'LIST'));
  return list
    .trim()
    .split('\n')
    .map((line) => / name=(\S*)/.exec(line)?.[1] ?? '')
    .filter(Boolean)
    .sort();
}
