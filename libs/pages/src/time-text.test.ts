import { expect, test } from "vitest";
import { countdownText, momentText } from "./time-text.ts";

test.each([
  [-5_000, "0:00"],
  [0, "0:00"],
  [1, "0:01"],
  [59_000, "0:59"],
  [60_000, "1:00"],
  [3_599_001, "1:00:00"],
  [3_723_000, "1:02:03"],
  [97 * 3_600_000, "4 d 1 h"],
])("a countdown of %d ms is %s", (leftMs, text) => {
  expect(countdownText(leftMs)).toBe(text);
});

test("without a browser a moment is told in UTC", () => {
  expect(momentText(Date.UTC(2026, 10, 23, 9, 5, 7))).toBe("23 Nov 2026, 09:05:07 UTC");
});
