import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** A post on the board. */
export class Post {
  @ApiProperty({ example: 1 })
  id!: number;

  @ApiProperty({ example: 'Ada' })
  author!: string;

  @ApiProperty({ example: 'Bicycle for sale' })
  title!: string;

  @ApiProperty({ example: 'Red, three gears, hardly used.' })
  text!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  createdAt!: string;

  @ApiPropertyOptional({ description: 'Words of the text, from when a job has counted them on.', example: 5 })
  words?: number;
}

/** Part of the board, the newest post first. */
export class PostPage {
  @ApiProperty({ type: [Post] })
  posts!: Post[];

  @ApiProperty({ description: 'Posts on the whole board.', example: 1 })
  total!: number;
}
