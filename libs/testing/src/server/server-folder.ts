import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { RedisServerOptions } from './redis-server.options.js';
import { aclFileText, serverConfiguration } from './server-configuration.js';

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

/** The temporary folder of a server. */
export class ServerFolder {
  private constructor(readonly files: ServerFiles) {}

  /** Makes the folder, with the configuration in it. */
  static async create(options: RedisServerOptions, port: number): Promise<ServerFolder> {
    const rules =
      options.aclFile === undefined ? options.acl : (await readFile(options.aclFile, 'utf8')).split('\n');
    const files = serverFiles(await mkdtemp(join(tmpdir(), 'holdfast-redis-')));
    await writeFile(files.configuration, serverConfiguration(options, port, files), { mode: 0o600 });
    if (rules) await writeFile(files.acl, aclFileText(rules, options.password), { mode: 0o600 });
    return new ServerFolder(files);
  }

  get path(): string {
    return this.files.folder;
  }

  /** All that was logged since {@link removeLog}; '' when there is nothing. */
  readLog(): string {
    try {
      return readFileSync(this.files.log, 'utf8');
    } catch {
      return '';
    }
  }

  async removeLog(): Promise<void> {
    await rm(this.files.log, { force: true });
  }

  /** Leaves only what a server needs to start. */
  async removeData(): Promise<void> {
    const keep = [this.files.configuration, this.files.acl].map((path) => basename(path));
    for (const name of await readdir(this.path)) {
      if (!keep.includes(name)) await rm(join(this.path, name), { recursive: true, force: true });
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
