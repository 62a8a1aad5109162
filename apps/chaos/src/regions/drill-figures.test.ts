import { expect, test } from "vitest";
import type { Violation, ViolationCode } from "../checker/history.ts";
import { drillFigures, firstAppendMs, longestGapMs } from "./drill-figures.ts";

const violation = (code: ViolationCode, channelId: string): Violation => ({ code, channelId, detail: "" });
const tail = (...channels: string[]) => ({ events: channels.length, channels: new Set(channels) });
const given = { class: "async", violations: [], unfinished: [], tail: tail() } as const;

test("an event is excused that the old home alone had", () => {
  const violations = [violation("LOST_ACKNOWLEDGED", "one"), violation("OUTCOMES_DIFFER", "one")];
  const unfinished = [{ channelId: "one", detail: "" }];
  const figures = drillFigures({ class: "async", violations, unfinished, tail: tail("one") });
  expect(figures).toMatchObject({ isClean: true, lost: 1, onlyAtOldHome: 1, unexplained: [] });
});

test("one that no tail names is not, nor a payment that ended nowhere", () => {
  const violations = [violation("LOST_DELIVERED", "two")];
  expect(drillFigures({ ...given, violations, tail: tail("one") })).toMatchObject({ isClean: false, lost: 1 });
  const unfinished = [{ channelId: "two", detail: "" }];
  expect(drillFigures({ ...given, unfinished, tail: tail("one") }).isClean).toBe(false);
});

test("in the class sync no tail excuses the loss of what was acknowledged or delivered", () => {
  for (const code of ["LOST_ACKNOWLEDGED", "LOST_DELIVERED"] as const) {
    const violations = [violation(code, "one")];
    const findings = { ...given, violations, tail: tail("one") };
    expect([drillFigures(findings).isClean, drillFigures({ ...findings, class: "sync" }).isClean]).toEqual([
      true,
      false,
    ]);
  }
});

test("nothing excuses what is stored twice", () => {
  const violations = [violation("STORED_TWICE", "one")];
  expect(drillFigures({ ...given, violations, tail: tail("one") })).toMatchObject({ isClean: false, storedTwice: 1 });
});

test("gaps and the first append go by the log's own times, over all channels", () => {
  const at = (...times: number[]) => times.map((storedAtMs) => ({ storedAtMs, streamVersion: 0, text: "" }));
  const log = new Map([
    ["one", at(100, 900)],
    ["two", at(250, 300)],
  ]);
  expect(longestGapMs(log)).toBe(600);
  expect(firstAppendMs(log, 260)).toBe(40);
  expect(firstAppendMs(log, 901)).toBeNull();
});
