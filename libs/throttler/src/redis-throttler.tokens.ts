/** Injects the options of the storage. */
export const REDIS_THROTTLER_OPTIONS = Symbol('REDIS_THROTTLER_OPTIONS');
