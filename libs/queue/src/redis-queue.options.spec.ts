import { resolveQueueOptions } from './redis-queue.options.js';

const plain = { keyPrefix: '', isCluster: false };

describe('options of queues', () => {
  it('are complete and frozen', () => {
    const options = resolveQueueOptions({ defaultJobOptions: { attempts: 2 } }, plain);
    expect(options).toEqual({
      prefix: 'bull',
      maxJobs: 10_000,
      maxBytes: 33_554_432,
      file: undefined,
      workerCloseTimeoutMs: 5_000,
      bull: { defaultJobOptions: { attempts: 2 } },
    });
    expect(Object.isFrozen(options)).toBe(true);
  });

  it.each([
    [{ keyPrefix: '', isCluster: true }, '{bull}'],
    [{ keyPrefix: 'shop:', isCluster: false }, 'shop:bull'],
    [{ keyPrefix: 'shop:', isCluster: true }, '{shop:bull}'],
  ])('choose a prefix for %j', (connection, prefix) => {
    expect(resolveQueueOptions({}, connection).prefix).toBe(prefix);
    expect(resolveQueueOptions({ prefix: 'mine' }, connection).prefix).toBe('mine');
  });

  it.each([
    [{ outbox: { maxJobs: -1 } }, 'outbox.maxJobs = -1'],
    [{ outbox: { maxBytes: Number.NaN } }, 'outbox.maxBytes = NaN'],
    [{ outbox: { file: '' } }, 'outbox.file'],
    [{ workerCloseTimeoutMs: 1.5 }, 'workerCloseTimeoutMs = 1.5'],
    [{ prefix: '' }, 'prefix'],
  ])('refuse %j and say why', (options, message) => {
    expect(() => resolveQueueOptions(options, plain)).toThrow(message);
  });
});
