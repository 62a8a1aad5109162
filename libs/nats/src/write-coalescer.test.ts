import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { WriteCoalescer } from "./write-coalescer.ts";

const message = (subject: string) => ({ subject, body: "", options: {} });

function recordingCoalescer(): { writes: WriteCoalescer; sent: string[] } {
  const sent: string[] = [];
  return { writes: new WriteCoalescer(({ subject }) => sent.push(subject)), sent };
}

test("what several callbacks post in one turn leaves together, in order", async () => {
  const { writes, sent } = recordingCoalescer();
  writes.post(message("a"));
  await Promise.resolve();
  writes.post(message("b"));
  await Promise.resolve();
  expect(sent).toEqual([]);
  await nextTurn();
  expect(sent).toEqual(["a", "b"]);
});

test("steps keep their place between the messages", async () => {
  const { writes, sent } = recordingCoalescer();
  writes.post(() => sent.push("a subscription"));
  writes.post(message("a"));
  writes.post(() => sent.push("its end"));
  expect(sent).toEqual([]);
  await nextTurn();
  expect(sent).toEqual(["a subscription", "a", "its end"]);
});

test("a flush sends at once, and nothing twice", async () => {
  const { writes, sent } = recordingCoalescer();
  writes.post(message("a"));
  writes.flush();
  expect(sent).toEqual(["a"]);
  writes.post(message("b"));
  await nextTurn();
  await nextTurn();
  expect(sent).toEqual(["a", "b"]);
});
