import type { CachePolicy } from '../redis-cache.options.js';
import { aroundMethod, type AsyncMethod } from './cached-method.js';
import { fillTemplate, type KeyTemplate } from './key-template.js';

export interface CachedOptions<M extends AsyncMethod = AsyncMethod> extends CachePolicy {
  /** `'post:{0}'` with arguments by their position, or a function of the arguments. */
  key: KeyTemplate | ((...args: Parameters<M>) => string);
  /** Templates like that of the key, or a function of the arguments. */
  tags?: readonly KeyTemplate[] | ((...args: Parameters<M>) => readonly string[]);
}

/**
 * What the method gives is cached, as by `RedisCacheService.getOrSet`: one call for all who ask at the same time.
 * For methods of Nest providers that see `RedisCacheModule`. What the method throws is not cached.
 *
 * @example `@Cached({ key: 'post:{0}', tags: ['posts'], ttlMs: 60_000 }) async post(id: number) { … }`
 */
export function Cached<M extends AsyncMethod>(
  options: CachedOptions<M>,
): (target: object, name: string | symbol, descriptor: TypedPropertyDescriptor<M>) => void {
  const { key, tags = [], ...policy } = options;
  return aroundMethod<M>('Cached', (cache, args, proceed) => {
    const name = typeof key === 'function' ? key(...args) : fillTemplate(key, args);
    const names = typeof tags === 'function' ? tags(...args) : tags.map((tag) => fillTemplate(tag, args));
    return cache.getOrSet(name, proceed, { ...policy, tags: names });
  });
}
