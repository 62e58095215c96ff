import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Min } from 'class-validator';
import { WholeNumber } from './whole-number.js';

/** The id of a post in a path. */
export class PostIdParam {
  @ApiProperty({ type: Number, minimum: 1, example: 1 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  id!: number;
}
