/**
 * Says in plain words what a body member must be, from the type expression of the validator. The expression's own names
 * of types mean nothing to a wallet: none of them is in the answer.
 */
export function bodyRule(expected: string, value: unknown): string {
  const maxLength = /MaxLength<(\d+)>/.exec(expected)?.[1];
  if (maxLength !== undefined && typeof value === "string") return `at most ${maxLength} characters`;
  const words = new Set(alternativesOf(expected).flatMap(wordOf));
  return `must be ${[...words].join(" or ") || "another type"}`;
}

/** The members of a union, without those of unions inside its members. */
function alternativesOf(expected: string): readonly string[] {
  const text = isWrapped(expected) ? expected.slice(1, -1) : expected;
  const alternatives: string[] = [];
  let [start, depth, quoted] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    // A pattern is quoted and holds what looks like brackets.
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if (character === "<" || character === "(" || character === "{") depth++;
    else if (character === ">" || character === ")" || character === "}") depth--;
    else if (character === "|" && depth === 0) {
      alternatives.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  alternatives.push(text.slice(start).trim());
  return alternatives.length === 1 ? alternatives : alternatives.flatMap(alternativesOf);
}

/** Whether one pair of parentheses holds the whole text. */
function isWrapped(text: string): boolean {
  if (!text.startsWith("(") || !text.endsWith(")")) return false;
  let [depth, quoted] = [0, false];
  for (let at = 0; at < text.length - 1; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if (character === "(") depth++;
    else if (character === ")") depth--;
    if (depth === 0) return false;
  }
  return true;
}

function wordOf(alternative: string): readonly string[] {
  if (alternative === "undefined") return [];
  if (alternative === "null") return ["null"];
  if (alternative === "boolean" || alternative === "true" || alternative === "false") return ["true or false"];
  if (/^Array<|\[\]$/.test(alternative)) return ["a list"];
  if (/^\(?string\b/.test(alternative)) {
    return [alternative.includes("Pattern<") ? "hexadecimal, two digits for each byte" : "text"];
  }
  if (/^\(?number\b/.test(alternative)) {
    return [alternative.includes('Type<"uint') ? "a whole number, 0 or more" : "a number"];
  }
  return ["an object"];
}
