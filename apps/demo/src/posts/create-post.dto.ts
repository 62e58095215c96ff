import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsString, Length } from 'class-validator';

const Trim = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

/** What a person writes on the board. Space around it is cut off. */
export class CreatePostDto {
  @ApiProperty({ minLength: 1, maxLength: 50, example: 'Ada' })
  @Trim()
  @IsString()
  @Length(1, 50)
  author!: string;

  @ApiProperty({ minLength: 1, maxLength: 120, example: 'Bicycle for sale' })
  @Trim()
  @IsString()
  @Length(1, 120)
  title!: string;

  @ApiProperty({ minLength: 1, maxLength: 5_000, example: 'Red, three gears, hardly used.' })
  @Trim()
  @IsString()
  @Length(1, 5_000)
  text!: string;
}
