import { join } from 'node:path';

/** Where a server keeps its files; all of them in one folder that nobody else can read. */
export interface ServerFiles {
  folder: string;
  configuration: string;
  acl: string;
  log: string;
  /** The server listens here too, so that we can ask it whatever its password, TLS or port. */
  socket: string;
}

/** Names of the files in a server's folder. */
export function serverFiles(folder: string): ServerFiles {
  return {
    folder,
    configuration: join(folder, 'redis.conf'),
    acl: join(folder, 'users.acl'),
    log: join(folder, 'server.log'),
    socket: join(folder, 'redis.sock'),
  };
}
