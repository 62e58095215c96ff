import type { ThrottlerModuleOptions, ThrottlerOptions } from '@nestjs/throttler';
import { checkNumber } from './hit.js';
import type { RedisThrottlerStorageOptions } from './redis-throttler-storage.options.js';

/** The options of `ThrottlerModule` that are not a mere list of throttlers. */
type ThrottlerSettings = Exclude<ThrottlerModuleOptions, readonly unknown[]>;

/** What `ThrottlerModule` takes, but for `storage`, and what `RedisThrottlerStorage` takes. */
export interface RedisThrottlerModuleOptions
  extends Omit<ThrottlerSettings, 'storage'>, RedisThrottlerStorageOptions {}

/**
 * Looks at the numbers of all throttlers at start, where `ThrottlerGuard` would at the first request.
 *
 * @throws {TypeError} when there is no list of throttlers
 * @throws {RangeError} naming option, throttler, value and what is accepted
 */
export function checkThrottlers(throttlers: readonly ThrottlerOptions[]): void {
  if (!Array.isArray(throttlers)) {
    throw new TypeError(
      `throttlers must be a list such as [{ ttl: 60_000, limit: 100 }], got ${typeof throttlers}`,
    );
  }
  for (const { name = 'default', ttl, limit, blockDuration } of throttlers) {
    // What a function answers is looked at when a request comes.
    if (typeof ttl !== 'function') checkNumber('ttl', ttl, name);
    if (typeof limit !== 'function') checkNumber('limit', limit, name);
    if (typeof blockDuration !== 'function' && blockDuration !== undefined) {
      checkNumber('blockDuration', blockDuration, name);
    }
  }
}
