import { describe, expect, it } from "vitest";
import type { Connection } from "./connection.ts";
import { FanOut, FanOutTurns } from "./fan-out.ts";
import type { OutgoingFrame } from "./outgoing-frame.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A socket whose every send takes so long. */
function slowPeer(heard: string[], sendMs: number): Connection {
  const send = (text: string): string => {
    const end = performance.now() + sendMs;
    while (performance.now() < end);
    heard.push(text);
    return "sent";
  };
  return { encoding: "p4", socket: { send }, grant: null, grants: { endOf: () => null } } as unknown as Connection;
}

const frame = (text: string) => ({ encode: () => text }) as unknown as OutgoingFrame;

function crowd(sendMs: number) {
  const heard: string[][] = Array.from({ length: 100 }, () => []);
  return { heard, recipients: heard.map((texts) => slowPeer(texts, sendMs)) };
}

describe("FanOut", () => {
  it("sends to a few at once", () => {
    const heard: string[] = [];
    new FanOut(new FanOutTurns()).send(frame("1"), [slowPeer(heard, 0)]);
    expect(heard).toEqual(["1"]);
  });

  it("serves a crowd in slices, in order, and lets the event loop turn in between", async () => {
    const { heard, recipients } = crowd(0.1);
    const fanOut = new FanOut(new FanOutTurns());
    const [first = [], last = []] = [heard[0], heard.at(-1)];
    fanOut.send(frame("1"), recipients);
    fanOut.send(frame("2"), recipients.slice(0, 1));
    fanOut.then(() => first.push("end"));
    expect(first).toEqual([]);
    let turns = 0;
    for (; !first.includes("end"); turns++) await turn();
    expect(turns).toBeGreaterThan(3);
    expect(first).toEqual(["1", "2", "end"]);
    expect(last).toEqual(["1"]);
  });

  it("serves the lines of several channels in turn", async () => {
    const turns = new FanOutTurns();
    const [large, small] = [crowd(1), crowd(0)];
    new FanOut(turns).send(frame("large"), large.recipients);
    new FanOut(turns).send(frame("small"), small.recipients);
    while (small.heard.some((texts) => texts.length === 0)) await turn();
    expect(large.heard.at(-1)).toEqual([]);
    while (large.heard.at(-1)?.length === 0) await turn();
  });

  it("keeps only so many waiting: then it sends without a pause", async () => {
    const { heard, recipients } = crowd(0);
    const fanOut = new FanOut(new FanOutTurns());
    for (let i = 0; i < 300; i++) fanOut.send(frame(String(i)), recipients);
    expect(heard.at(-1)).toHaveLength(300 - 256);
    while ((heard.at(-1)?.length ?? 0) < 300) await turn();
    expect(heard.at(-1)).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
  });
});
