import { classifyError, type ConnectionSnapshot, RedisService } from '@holdfast/redis';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type ConnectionInfo, RedisInfo } from './redis-info.js';

@ApiTags('redis')
@Controller('redis')
export class RedisInfoController {
  readonly #redis: RedisService;

  constructor(@Inject(RedisService) redis: RedisService) {
    this.#redis = redis;
  }

  @Get('info')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'What the service knows of Redis; answers in an outage too' })
  @ApiOkResponse({ type: RedisInfo })
  async info(): Promise<RedisInfo> {
    const memory = this.#redis.getMemoryStats().catch(() => null);
    const stats = await this.#redis.getStats();
    return {
      state: this.#redis.getConnectionState(),
      connections: this.#redis.getConnections().map(describe),
      stats,
      // Without an answer to the first question there is none to the second.
      memory: stats.memoryUsage === null ? null : await memory,
    };
  }
}

function describe(snapshot: ConnectionSnapshot): ConnectionInfo {
  const { host, port, db, lastError } = snapshot;
  return {
    name: snapshot.name,
    role: snapshot.role,
    state: snapshot.state,
    address: `${host}:${port}/${db}`,
    connectionAttempts: snapshot.connectionAttempts,
    reconnects: snapshot.reconnects,
    commandsSent: snapshot.commandsSent,
    commandsFailed: snapshot.commandsFailed,
    waitingCommands: snapshot.waitingCommands,
    lastError: lastError ? classifyError(lastError).kind : null,
  };
}
