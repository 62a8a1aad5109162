/** Says in plain words what a body member must be, from the type expression of the validator. */
export function bodyRule(expected: string, value: unknown): string {
  const maxLength = /MaxLength<(\d+)>/.exec(expected)?.[1];
  if (maxLength !== undefined && typeof value === "string") return `at most ${maxLength} characters`;
  if (expected.includes("Pattern<")) return "must be hexadecimal, two digits for each byte";
  if (expected.includes('Type<"uint')) return "must be a whole number, 0 or more";
  return `must be ${expected.replaceAll(" | undefined", "").replaceAll(/[()]/g, "")}`;
}
