import { describe, expect, test } from "vitest";
import { visibleText } from "./visible-text.ts";

describe("text for a reader", () => {
  test.each([
    ["\u001b[31mred\u001b[0m", "\\u001b[31mred\\u001b[0m"],
    ["\u009b31m", "\\u009b31m"],
    ["title\u0007", "title\\u0007"],
    ["two\r\nlines\tand\u0085more\u2028", "two\\r\\nlines\\tand\\u0085more\\u2028"],
    ["\u202egnp.exe\u202c", "\\u202egnp.exe\\u202c"],
    ["\u2066a\u2069 \u200e\u200f\u061c", "\\u2066a\\u2069 \\u200e\\u200f\\u061c"],
    ["in\u200bvoice\ufeff", "in\\u200bvoice\\ufeff"],
    ["\u007f", "\\u007f"],
    ["half \ud83d and \ude00", "half \\ud83d and \\ude00"],
  ])("%j shows what it holds", (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  test.each(["plain", "Grüße, 値段, שלום, سلام", "two teas 🍵", "C:\\new \\u001b", ""])("%j stays", (text) => {
    expect(visibleText(text)).toBe(text);
  });

  test("no control, separator, direction mark or lone surrogate is left, whatever the character", () => {
    const left: string[] = [];
    for (let code = 0; code <= 0xffff; code++) {
      const shown = visibleText(`a${String.fromCharCode(code)}b`);
      if (/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/u.test(shown)) left.push(code.toString(16));
    }
    expect(left).toEqual([]);
  });

  test("done twice is done once", () => {
    const shown = visibleText("\u001b\n\u202e");
    expect(visibleText(shown)).toBe(shown);
  });

  test("JSON keeps its value", () => {
    const value = { memo: "\u001b[2K\u009b \u202e \u2028 \u007f", at: 1 };
    const shown = visibleText(JSON.stringify(value));
    expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(JSON.parse(shown)).toEqual(value);
  });

  test("characters may be kept where they do no harm", () => {
    expect(visibleText("a\n\tb\u001b", "\n\t")).toBe("a\n\tb\\u001b");
  });
});
