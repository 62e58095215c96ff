import { Inject } from '@nestjs/common';
import { RedisCacheService } from '../redis-cache.service.js';

/** A method that may be decorated: what it gives comes from a cache, or is waited for. */
export type AsyncMethod = (...args: never[]) => Promise<unknown>;

/** What runs in the place of a method. */
type Around<M extends AsyncMethod> = (
  cache: RedisCacheService,
  args: Parameters<M>,
  proceed: () => Promise<unknown>,
) => Promise<unknown>;

const property = Symbol('holdfast:cache');

/** Puts something around a method of a Nest provider, which gets the cache injected for it. */
export function aroundMethod<M extends AsyncMethod>(
  decorator: string,
  around: Around<M>,
): (target: object, name: string | symbol, descriptor: TypedPropertyDescriptor<M>) => void {
  return (target, name, descriptor) => {
    const method = descriptor.value as unknown as (...args: unknown[]) => Promise<unknown>;
    Inject(RedisCacheService)(target, property);
    const replacement = async function (this: Record<symbol, unknown>, ...args: unknown[]): Promise<unknown> {
      const cache = this[property];
      if (!(cache instanceof RedisCacheService)) {
        throw new TypeError(`@${decorator} works on providers of Nest only: this object of ${target.constructor.name} was not made by it.`);
      }
      return around(cache, args as Parameters<M>, async () => method.apply(this, args));
    };
    Object.defineProperty(replacement, 'name', { value: String(name), configurable: true });
    // What other decorators, such as @Get, have noted about the method.
    for (const key of Reflect.getOwnMetadataKeys(method)) {
      Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), replacement);
    }
    descriptor.value = replacement as unknown as M;
  };
} // prettier-ignore
