import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { WholeNumber } from './whole-number.js';

/** Which part of the board to list. */
export class PageQuery {
  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: 1_000_000, default: 0 })
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  offset: number = 0;

  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 100, default: 20 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 20;
}
