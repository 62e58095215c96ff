import { type RedisMemoryStats, RedisConnectionState, type RedisStats } from '@holdfast/redis';
import { ApiProperty } from '@nestjs/swagger';

/** A connection of this process. */
export class ConnectionInfo {
  @ApiProperty({ example: 'demo:shared' })
  name!: string;

  @ApiProperty({ example: 'shared' })
  role!: string;

  @ApiProperty({ enum: RedisConnectionState })
  state!: RedisConnectionState;

  @ApiProperty({ example: '127.0.0.1:6379/0' })
  address!: string;

  @ApiProperty()
  connectionAttempts!: number;

  @ApiProperty()
  reconnects!: number;

  @ApiProperty()
  commandsSent!: number;

  @ApiProperty()
  commandsFailed!: number;

  @ApiProperty()
  waitingCommands!: number;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is not connected.', example: null })
  lastError!: string | null;
}

/** What `RedisService` knows. */
export class RedisInfo {
  @ApiProperty({ enum: RedisConnectionState, description: 'State of the shared connection.' })
  state!: RedisConnectionState;

  @ApiProperty({ type: [ConnectionInfo] })
  connections!: ConnectionInfo[];

  @ApiProperty({ type: Object })
  stats!: RedisStats;

  @ApiProperty({ type: Object, nullable: true, description: '`null` while Redis cannot be asked.' })
  memory!: RedisMemoryStats | null;
}
