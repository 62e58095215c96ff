import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { RedisServerOptions } from './redis-server.options.js';
import { aclFileText, serverConfiguration } from './server-configuration.js';
import { type ServerFiles, serverFiles } from './server-files.js';

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
