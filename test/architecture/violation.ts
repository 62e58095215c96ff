/** One breach of a rule: where it is, and what to do about it. */
export interface Violation {
  file: string;
  line: number;
  rule: string;
  remedy: string;
}

/** A list as Jest should print it when it is not empty; `[]` when all is well. */
export function describeViolations(violations: readonly Violation[]): string[] {
  return violations.map(({ file, line, rule, remedy }) => `${file}:${line}  ${rule}. ${remedy}.`);
}
