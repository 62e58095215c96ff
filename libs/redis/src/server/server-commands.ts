import type { RedisCallOptions } from '../commands/call.js';
import { RedisCommands } from '../commands/redis-commands.js';
import { RedisArgumentError } from '../errors/redis-error.js';
import { parseInfo, readMemoryStats, type RedisInfo, type RedisMemoryStats } from './server-info.js';

/** Questions to the server about itself, beside the everyday commands. Never answered from memory. */
export abstract class ServerCommands extends RedisCommands {
  protected abstract readonly allowFlushDb: boolean;

  /** What the server says of itself. `INFO [section]` */
  async getInfo(section?: string, options?: RedisCallOptions): Promise<RedisInfo> {
    return parseInfo(await this.executor.run<string>('info', section ? [section] : [], options));
  }

  /** Memory of the server, as a person reads it. `INFO memory` */
  async getMemoryStats(): Promise<RedisMemoryStats> {
    return readMemoryStats(await this.getInfo('memory'));
  }

  /** Number of clients the server has, ours included. `INFO clients` */
  async getConnectedClients(): Promise<number> {
    return Number((await this.getInfo('clients')).clients?.connected_clients ?? 0);
  }

  /** Number of keys in the database. `DBSIZE` */
  async getDbSize(): Promise<number> {
    return this.executor.run('dbsize', []);
  }

  /**
   * Deletes every key of the database, those of others included. `FLUSHDB`
   *
   * @throws {RedisArgumentError} in production, unless `allowFlushDb` says otherwise
   */
  async flushDb(): Promise<void> {
    if (!this.allowFlushDb) {
      throw new RedisArgumentError(
        'flushDb() was refused: it deletes every key of the database. Allow it with allowFlushDb or REDIS_ALLOW_FLUSHDB=true.',
        'REDIS_REFUSED',
      );
    }
    await this.executor.run('flushdb', []);
  }
}
