import type { CommandOutcome, RedisErrorCode } from '@holdfast/redis';
import { ApiProperty } from '@nestjs/swagger';

/** What a client is told while Redis is needed and away. */
export class RedisUnavailableBody {
  @ApiProperty({ example: 503 })
  statusCode!: number;

  @ApiProperty({ description: 'The same for every reason.', enum: ['REDIS_UNAVAILABLE'] })
  code!: 'REDIS_UNAVAILABLE';

  @ApiProperty({
    description: 'Code of the error of @holdfast/redis.',
    example: 'REDIS_UNAVAILABLE',
    type: String,
  })
  reason!: RedisErrorCode;

  @ApiProperty({
    description: '`not-sent` and `rejected`: nothing happened. `unknown`: it may or may not have happened.',
    enum: ['not-sent', 'rejected', 'unknown'],
  })
  outcome!: CommandOutcome;

  @ApiProperty({ example: 'Redis cannot be reached at the moment: nothing was created. Try again later.' })
  message!: string;
}
