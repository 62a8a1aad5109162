import { timelineOf } from "@p4/channel";
import { sha256Hex } from "@p4/node-crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { timelineTable } from "./timeline-lines.ts";

const sample = new URL("../../../libs/channel/samples/conversations/paid-and-proved.v1.jsonl", import.meta.url);
const texts = readFileSync(sample, "utf8").trim().split("\n");
const { entries } = timelineOf(
  texts.map((text, i) => ({ text, streamVersion: i + 1 })),
  sha256Hex,
);

describe("a timeline in a terminal", () => {
  it("is one line an event where it fits, and tells who is waited for", () => {
    const { lines } = timelineTable(entries);
    expect(lines).toHaveLength(entries.length + 1);
    expect(lines.join("\n")).toMatch(/customer +payment +awaitingPayment -> awaitingAck .*merchant: .*payment.*txid/);
  });

  it("puts particulars below where it does not fit", () => {
    const wide = timelineTable(entries).lines;
    const { lines } = timelineTable(entries, (_style, text) => text, 120);
    expect(lines.length).toBeGreaterThan(wide.length);
    expect(lines.some((line) => line.startsWith("    pending for merchant: "))).toBe(true);
    const widest = Math.max(...lines.filter((line) => !line.startsWith("    ")).map((line) => line.length));
    expect(widest).toBeLessThan(120);
  });

  it("puts the step of the state below too where a terminal is narrower still", () => {
    const { lines } = timelineTable(entries, (_style, text) => text, 60);
    expect(lines[0]).toMatch(/^time \(UTC\) +sequence +from +message$/);
    expect(lines.some((line) => /^ {4}awaitingPayment -> awaitingAck, after \d/.test(line))).toBe(true);
    expect(Math.max(...lines.filter((line) => !line.startsWith("    ")).map((line) => line.length))).toBeLessThan(60);
  });

  it("lines up what comes later with what is there", () => {
    const table = timelineTable(entries.slice(0, 4));
    const [head = "", ...rest] = table.lines;
    const known = entries[1] ?? never();
    expect(table.linesOf(known)).toEqual([rest[1]]);
    expect(rest[1]?.indexOf(known.from)).toBe(head.indexOf("from"));
  });
});

function never(): never {
  throw new Error("the sample is shorter than it was");
}
