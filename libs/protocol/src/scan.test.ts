import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultMaxDepth, JsonScanner } from "./scan.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

function accepts(text: string, maxDepth = defaultMaxDepth): boolean {
  return new JsonScanner(text, maxDepth).isValue();
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("the JSON scanner", () => {
  it("accepts whatever JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(3), (value, indent) => {
        expect(accepts(JSON.stringify(value, null, indent))).toBe(true);
      }),
    );
  });

  it("agrees with JSON.parse on texts made of JSON's own pieces", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      '"a"',
      "\\",
      "\\u00e",
      "1",
      "0",
      "-",
      ".",
      "e",
      "+",
      "true",
      "nul",
      "null",
      " ",
      "\n",
      "\u00a0",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        expect({ text, accepted: accepts(text) }).toEqual({ text, accepted: parses(text) });
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ["a leading zero", "01"],
    ["a bare fraction", "1."],
    ["a bare exponent", "1e"],
    ["a sign alone", "-"],
    ["a raw control character", '"\u0001"'],
    ["a control character after a long run", `"${"a".repeat(200)}\u0001"`],
    ["a string without end", `"${"a".repeat(200)}`],
    ["a lone high surrogate", '"\ud800"'],
    ["a high surrogate before a letter", '"\ud800ab"'],
    ["a low surrogate before a letter", '"\udc00ab"'],
    ["a lone low surrogate after a long run", `"${"a".repeat(200)}\udc00"`],
    ["a byte order mark", "\ufeff1"],
    ["a trailing comma", "[1,]"],
    ["two values", "1 2"],
    ["nothing", ""],
  ])("refuses %s", (_, text) => {
    expect(accepts(text)).toBe(false);
  });

  it("accepts long strings with escapes and surrogate pairs at any place", () => {
    for (let length = 55; length < 75; length += 1) {
      expect(accepts(JSON.stringify(`${"a".repeat(length)}\\"\u{1f600}${"b".repeat(length)}\n`))).toBe(true);
    }
  });

  it("tells nesting that is too deep from a syntax error", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(accepts(nested(64))).toBe(true);
    const scanner = new JsonScanner(nested(65), 64);
    expect(scanner.isValue()).toBe(false);
    expect(scanner.fault).toBe("depth");
    const broken = new JsonScanner("[1", 64);
    expect(broken.isValue()).toBe(false);
    expect(broken.fault).toBe("syntax");
  });
});
