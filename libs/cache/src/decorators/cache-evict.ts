import { Logger } from '@nestjs/common';
import type { RedisCacheService } from '../redis-cache.service.js';
import { aroundMethod, type AsyncMethod } from './cached-method.js';
import { fillTemplate, type KeyTemplate } from './key-template.js';

type Names<M extends AsyncMethod> = readonly KeyTemplate[] | ((...args: Parameters<M>) => readonly string[]);

export interface CacheEvictOptions<M extends AsyncMethod = AsyncMethod> {
  /** Templates such as `'post:{0}'`, or a function of the arguments. */
  keys?: Names<M>;
  /** Templates like these, or a function of the arguments. */
  tags?: Names<M>;
}

/**
 * When the method has ended, keys are deleted and tags invalidated; also when it failed, since nobody knows how
 * far it came. An eviction that fails is logged, and is no failure of the method: what that wrote is written.
 */
export function CacheEvict<M extends AsyncMethod>(
  options: CacheEvictOptions<M>,
): (target: object, name: string | symbol, descriptor: TypedPropertyDescriptor<M>) => void {
  const { keys = [], tags = [] } = options;
  return aroundMethod<M>('CacheEvict', async (cache, args, proceed) => {
    // A template that cannot be filled in is a mistake to be heard of before anything is written.
    const evicted = { keys: namesOf(keys, args), tags: namesOf(tags, args) };
    try {
      return await proceed();
    } finally {
      await evict(cache, evicted);
    }
  });
}

async function evict(
  cache: RedisCacheService,
  { keys, tags }: { keys: readonly string[]; tags: readonly string[] },
): Promise<void> {
  const results = await Promise.allSettled([
    keys.length === 0 ? undefined : cache.delete(...keys),
    cache.invalidateTags(...tags),
  ]);
  for (const result of results) {
    if (result.status === 'rejected') new Logger('Cache').error('event=evict-failed', result.reason);
  }
}

function namesOf<M extends AsyncMethod>(names: Names<M>, args: Parameters<M>): readonly string[] {
  return typeof names === 'function' ? names(...args) : names.map((name) => fillTemplate(name, args));
}
