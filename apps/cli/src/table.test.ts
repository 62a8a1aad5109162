import { expect, test } from "vitest";
import { tableLines, type Column } from "./table.ts";

const columns: readonly Column[] = [
  { title: "channel" },
  { title: "events", givesWay: 1 },
  { title: "state" },
  { title: "txid", givesWay: 2 },
];
const rows = [["inv123", "7", "settled", "5f0ce1a9"]];
const shown = (available?: number): string[] => tableLines(columns, rows, (_style, text) => text, available);

test("a table that fits is shown whole", () => {
  expect(shown()).toEqual(["channel  events  state    txid", "inv123   7       settled  5f0ce1a9"]);
  expect(shown(34)).toEqual(shown());
});

test("in a narrow terminal the least important columns give way, and are named", () => {
  expect(shown(30)).toEqual(["channel  state    txid", "inv123   settled  5f0ce1a9", "too narrow for: events"]);
  expect(shown(20)).toEqual(["channel  state", "inv123   settled", "too narrow for: events, txid"]);
});

test("what may not give way stays, however narrow it is", () => {
  expect(shown(5)).toEqual(shown(20));
});

test("a cell that a peer wrote is shown, and measured as it is shown", () => {
  const lines = tableLines(
    [{ title: "memo" }, { title: "next" }],
    [
      ["a\u001b[31m", "b"],
      ["c", "d"],
    ],
    (_style, text) => text,
  );
  expect(lines).toEqual(["memo         next", "a\\u001b[31m  b", "c            d"]);
});
