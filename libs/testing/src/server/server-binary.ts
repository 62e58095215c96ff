import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { RedisServerError } from './redis-server.error.js';

/**
 * Finds the server to run: what `REDIS_SERVER_BIN` names, else `redis-server`, else `valkey-server` on the PATH.
 *
 * @throws {RedisServerError} `REDIS_SERVER_NOT_FOUND` when there is none.
 */
export async function findServerBinary(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = env.REDIS_SERVER_BIN;
  for (const name of named ? [named] : ['redis-server', 'valkey-server']) {
    const path = await findExecutable(name, env.PATH ?? '');
    if (path) return path;
  }
  throw new RedisServerError(
    'REDIS_SERVER_NOT_FOUND',
    named
      ? `REDIS_SERVER_BIN names ${named}, which is not an executable file: correct it, or unset it to use redis-server from the PATH.`
      : 'No redis-server or valkey-server on the PATH: install one (for example "apt-get install redis-server" or "brew install redis"), or name one in REDIS_SERVER_BIN.',
  );
}

async function findExecutable(name: string, path: string): Promise<string | undefined> {
  const candidates = name.includes('/')
    ? [name]
    : path.split(delimiter).flatMap((folder) => (folder ? [join(folder, name)] : []));
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
