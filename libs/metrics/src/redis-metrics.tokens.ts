/** The options as they were given to the module. */
export const METRICS_OPTIONS = Symbol('REDIS_METRICS_OPTIONS');
