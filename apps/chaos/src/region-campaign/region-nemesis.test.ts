import { expect, test } from "vitest";
import { beginsOf, type StruckMove } from "./region-nemesis.ts";

const move = (kind: StruckMove["kind"], from: number, to: number | null): StruckMove => ({
  kind,
  startedAtMs: 0,
  tookMs: 0,
  before: { epoch: from, home: "a" },
  after: to === null ? null : { epoch: to, home: "b" },
  trouble: null,
});

test("all epochs that a move has begun came by its command", () => {
  const moves = [
    move("lose-copy", 1, 1),
    move("two-switches", 1, 3),
    move("killed-failover", 3, 4),
    move("switch", 4, null),
  ];
  expect(beginsOf(moves)).toEqual([
    { epoch: 2, by: "switch" },
    { epoch: 3, by: "switch" },
    { epoch: 4, by: "failover" },
  ]);
});
