import { Transform } from 'class-transformer';

/**
 * Turns the text of a path or query into a number. What is not written as a whole number, such as `0x10`,
 * `1e3`, `01`, an empty text or a repeated parameter, stays what it is, for `@IsInt()` to refuse.
 */
export const WholeNumber = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value,
  );
