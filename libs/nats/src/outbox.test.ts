import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { Outbox } from "./outbox.ts";

const message = (subject: string) => ({ subject, body: "", options: {} });

function recordingOutbox(): { outbox: Outbox; sent: string[] } {
  const sent: string[] = [];
  return { outbox: new Outbox(({ subject }) => sent.push(subject)), sent };
}

test("what several callbacks post in one turn leaves together, in order", async () => {
  const { outbox, sent } = recordingOutbox();
  outbox.post(message("a"));
  await Promise.resolve();
  outbox.post(message("b"));
  await Promise.resolve();
  expect(sent).toEqual([]);
  await nextTurn();
  expect(sent).toEqual(["a", "b"]);
});

test("steps keep their place between the messages", async () => {
  const { outbox, sent } = recordingOutbox();
  outbox.post(() => sent.push("a subscription"));
  outbox.post(message("a"));
  outbox.post(() => sent.push("its end"));
  expect(sent).toEqual([]);
  await nextTurn();
  expect(sent).toEqual(["a subscription", "a", "its end"]);
});

test("a flush sends at once, and nothing twice", async () => {
  const { outbox, sent } = recordingOutbox();
  outbox.post(message("a"));
  outbox.flush();
  expect(sent).toEqual(["a"]);
  outbox.post(message("b"));
  await nextTurn();
  await nextTurn();
  expect(sent).toEqual(["a", "b"]);
});
