import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { WriteCoalescer } from "./write-coalescer.ts";

const message = (subject: string) => ({ subject, body: "" });

function recordingCoalescer(options: { readonly isConnected?: () => boolean; readonly fails?: boolean } = {}) {
  const sent: string[] = [];
  const refused: string[] = [];
  const publish = (subject: string): void => {
    if (options.fails === true) throw new Error("the client refuses it");
    sent.push(subject);
  };
  const writes = new WriteCoalescer({
    nc: { publish, isClosed: () => false },
    isConnected: options.isConnected ?? (() => true),
    onRefused: ({ subject }, { code }) => refused.push(`${subject} ${code}`),
  });
  return { writes, sent, refused };
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

test("without a connection messages are dropped, and steps are made", async () => {
  let isConnected = false;
  const { writes, sent } = recordingCoalescer({ isConnected: () => isConnected });
  writes.post(message("a"));
  writes.post(() => sent.push("a subscription"));
  writes.flush();
  isConnected = true;
  writes.post(message("b"));
  writes.flush();
  expect(sent).toEqual(["a subscription", "b"]);
});

test("a message that the client refuses is told, and holds up no other item", () => {
  const { writes, sent, refused } = recordingCoalescer({ fails: true });
  writes.post(message("a"));
  writes.post(() => sent.push("a subscription"));
  writes.flush();
  expect([refused, sent]).toEqual([["a STORE_UNAVAILABLE"], ["a subscription"]]);
});
