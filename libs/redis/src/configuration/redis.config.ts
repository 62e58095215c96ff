import type { Environment } from './resolve-options.js';

/**
 * Reads the environment of this process, once per registration. The only place that does.
 *
 * Without `REDIS_APP_NAME` the name npm gives the running package is taken, so that `CLIENT LIST` says who
 * is connected.
 */
export function readEnvironment(): Environment {
  const npmName = process.env.npm_package_name
    ?.replace(/^@/, '')
    .replace(/[^\w.-]/g, '-')
    .slice(0, 64);
  return { ...(npmName ? { REDIS_APP_NAME: npmName } : {}), ...process.env };
}
