import { expect, it, vi } from "vitest";
import { createDeadlineStore } from "./deadline-store.ts";
import { createDocumentStore } from "./document-store.ts";
import { createEventLog } from "./event-log.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();

it("takes only what was stored for a sign of life: a leader without its followers still refuses", async () => {
  const broker = await nats.connect();
  const answered = vi.spyOn(broker.health, "answered");
  const log = createEventLog(broker, settings);
  const append = (eventId: string) =>
    log.appendToStream({ channelId: "sign", eventId, bytes: new Uint8Array(10), expectedStreamVersion: 0 });
  await append("first");
  expect(answered).toHaveBeenCalledWith("append");
  answered.mockClear();
  await expect(append("second")).rejects.toMatchObject({ code: "STORE_VERSION_CONFLICT" });
  expect(answered).not.toHaveBeenCalledWith("append");
});

it("takes an event that the log is found to have for a sign of life", async () => {
  const broker = await nats.connect();
  const log = createEventLog(broker, settings);
  const bytes = new Uint8Array(10);
  const append = (eventId: string, expectedStreamVersion: number) =>
    log.appendToStream({ channelId: "found", eventId, bytes, expectedStreamVersion });
  const first = await append("first", 0);
  await append("second", first.nextExpectedStreamVersion);
  const answered = vi.spyOn(broker.health, "answered");
  // The server compares the sequence before it looks for duplicates: this looks like a conflict.
  expect(await append("first", 0)).toMatchObject({ duplicate: true });
  expect(answered).toHaveBeenCalledWith("append");
});

it("does not judge a server by its streams of timers and documents", async () => {
  const broker = await nats.connect();
  const [answered, unanswered] = [vi.spyOn(broker.health, "answered"), vi.spyOn(broker.health, "unanswered")];
  const stores = (region: string) =>
    [createDeadlineStore(broker, { region }), createDocumentStore(broker, { region, name: "proofs" })] as const;
  const [deadlines, documents] = stores(settings.region);
  await deadlines.arm("timed", 60_000);
  await documents.set("key", new Uint8Array(10));
  const [noDeadlines, noDocuments] = stores("nowhere");
  const missing = { code: "STORE_MISSING" };
  await expect(noDeadlines.arm("timed", 60_000)).rejects.toMatchObject(missing);
  await expect(noDocuments.set("key", new Uint8Array(10))).rejects.toMatchObject(missing);
  // An event on a stream without a leader is what counts.
  const log = createEventLog(broker, { region: "nowhere", shards: 1 });
  const request = { channelId: "c", eventId: "e", bytes: new Uint8Array(10), expectedStreamVersion: 0 };
  expect([answered.mock.calls, unanswered.mock.calls]).toEqual([[], []]);
  await expect(log.appendToStream(request)).rejects.toMatchObject(missing);
  expect(unanswered.mock.calls).toEqual([["append"]]);
});
