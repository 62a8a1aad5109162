import { expect, it } from "vitest";
import { limitedNotes } from "./limited-notes.ts";

it("a flood of notes is cut to its rate, and the next line tells how many were left out", () => {
  const written: object[] = [];
  let nowMs = 0;
  const logger = { info: (fields: object) => void written.push(fields) };
  const note = limitedNotes(logger as never, nowMs, () => nowMs);
  for (let i = 0; i < 1_000; i++) note({ i }, "join");
  expect(written).toHaveLength(200);
  nowMs = 1_000;
  note({ i: 1_000 }, "join");
  note({ i: 1_001 }, "join");
  expect(written.slice(200)).toEqual([{ i: 1_000, unwritten: 800 }, { i: 1_001 }]);
});
