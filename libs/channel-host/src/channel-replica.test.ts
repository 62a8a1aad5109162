import { stateName } from "@p4/channel";
import { wallet } from "@p4/channel/testing";
import { createInMemoryStore } from "@p4/event-store";
import { describe, expect, it, vi } from "vitest";
import { testNode } from "./test-support.ts";
import { ignore, joinOf, wholePayment } from "./testing.ts";

/** A follower of `inv1` on one node, and a writer on another one. */
async function followed() {
  const store = createInMemoryStore();
  const [reader, writer] = [testNode(store), testNode(store)];
  await writer.registry.submit("inv1", joinOf("inv1"));
  const heard: string[] = [];
  const channel = await reader.registry.follow("inv1", (event) => heard.push(event.type));
  const write = (...commands: ReturnType<typeof wholePayment>) =>
    commands.reduce<Promise<unknown>>(
      (before, command) => before.then(() => writer.registry.submit("inv1", command)),
      Promise.resolve(),
    );
  return { store, reader, writer, channel, heard, write };
}

const types = ["TermsRequested", "TermsOffered", "PaymentSubmitted", "PaymentAccepted", "ProofRecorded"];

describe("a replica", () => {
  it.each([1, 2, 3, 4])("fills a gap of %i lost events when the next one reveals it", async (lost) => {
    const { store, reader, heard, write, channel } = await followed();
    store.faults.loseLiveEvents(lost);
    await write(...wholePayment());
    await vi.waitFor(() => expect(heard).toEqual(types));
    expect(channel.channel).toEqual(await testNode(store).registry.read("inv1"));
    expect(reader.faults).toEqual([]);
  });

  it("keeps trying to fill a gap while the log cannot be read: nothing may reveal it again", async () => {
    const { store, reader, heard, write } = await followed();
    store.faults.loseLiveEvents(4);
    reader.reads.failures.push("STORE_UNAVAILABLE", "STORE_UNAVAILABLE", "STORE_UNAVAILABLE");
    await write(...wholePayment());
    await vi.waitFor(() => expect(heard).toEqual(types));
    expect(reader.faults.map(({ error }) => (error as { code: string }).code)).toContain("STORE_UNAVAILABLE");
  });

  it("reads again when the log's replica lags behind the announcement", async () => {
    const { store, reader, heard, write } = await followed();
    store.faults.loseLiveEvents(4);
    reader.reads.stale.push(...Array.from({ length: 12 }, () => []));
    await write(...wholePayment());
    await vi.waitFor(() => expect(heard).toEqual(types));
  });

  it("reads again for what was announced while it read", async () => {
    const { store, reader, heard, write } = await followed();
    const [first, second, third, ...rest] = wholePayment() as [never, never, never];
    store.faults.loseLiveEvents(1);
    let let_go: () => void = ignore;
    reader.reads.hold = new Promise((resolve) => (let_go = resolve));
    await write(first, second);
    // The read for the gap has its answer and waits; meanwhile more is stored, and one event more is lost.
    await vi.waitFor(() => expect(reader.reads.count).toBe(2));
    store.faults.loseLiveEvents(1);
    await write(third, ...rest);
    reader.reads.hold = null;
    let_go();
    await vi.waitFor(() => expect(heard).toEqual(types));
  });

  it("stops repairing without followers", async () => {
    const { store, reader, write, channel } = await followed();
    store.faults.loseLiveEvents(1);
    reader.reads.failures.push(...Array.from({ length: 100_000 }, () => "STORE_UNAVAILABLE" as const));
    await write(...wholePayment().slice(0, 2));
    await vi.waitFor(() => expect(reader.faults.length).toBeGreaterThan(2));
    channel.release();
    await new Promise((resolve) => setImmediate(resolve));
    const { count } = reader.reads;
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(reader.reads.count).toBe(count);
  });

  it("folds its own event once, whether the answer or the live event comes first", async () => {
    const { heard, channel } = await followed();
    for (const command of wholePayment()) await channel.submit(command);
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual(types);
  });

  it("knows its own event again when the live feed has it first, and decodes nothing", async () => {
    const { reader } = await followed();
    const heard: unknown[] = [];
    const channel = await reader.registry.follow("inv1", (event) => heard.push(event));
    const parse = vi.spyOn(JSON, "parse");
    const result = await channel.submit(wallet("OfferTerms"));
    const decodings = parse.mock.calls.length;
    parse.mockRestore();
    expect(result).toMatchObject({ outcome: "stored", event: { type: "TermsOffered" } });
    expect(heard).toHaveLength(1);
    expect(heard[0]).toBe((result as { event: unknown }).event);
    expect(decodings).toBe(0);
  });

  it("takes no other node's event for its own, though it comes while its own is being appended", async () => {
    const { reader, writer, channel } = await followed();
    const heard: string[] = [];
    await reader.registry.follow("inv1", ({ data }) => heard.push("message" in data ? data.message.messageId : ""));
    // Of the same length, and legal on the same state.
    const [own, other] = [wallet("OfferTerms", { messageId: "1" }), wallet("OfferTerms", { messageId: "2" })];
    const { log } = reader.runtime;
    const append = log.appendToStream.bind(log);
    vi.spyOn(log, "appendToStream").mockImplementationOnce(async (request) => {
      await writer.registry.submit("inv1", { ...other, metadata: { ...own.metadata, commandId: "other" } });
      return append(request);
    });
    const submitted = channel.submit({ ...own, metadata: { ...own.metadata, commandId: "ours1" } });
    expect(await submitted).toMatchObject({ outcome: "stored" });
    expect(heard).toEqual(["2", "1"]);
    expect(channel.channel).toEqual(await writer.registry.read("inv1"));
  });

  it("has nothing left of what it had folded once it is replayed, in its actor neither", async () => {
    const node = testNode(createInMemoryStore(), { alwaysReplay: true });
    const channel = await node.registry.follow("inv1", ignore);
    const [question, offer] = wholePayment() as [never, never];
    await channel.submit(joinOf("inv1"));
    await channel.submit(question);
    const folded = channel.channel.snapshot.context.messages[0];
    await channel.submit(offer);
    const { messages } = channel.channel.snapshot.context;
    expect(messages).toHaveLength(2);
    expect(messages[0]).toEqual(folded);
    expect(messages[0]).not.toBe(folded);
  });

  it("tells a listener nothing that another one has let go meanwhile", async () => {
    const { reader, write } = await followed();
    const released: string[] = [];
    const first = await reader.registry.follow("inv1", () => second.release());
    const second = await reader.registry.follow("inv1", (event) => released.push(event.type));
    const last: string[] = [];
    await reader.registry.follow("inv1", (event) => last.push(event.type));
    await write(...wholePayment());
    await vi.waitFor(() => expect(last).toEqual(types));
    expect(released).toEqual([]);
    first.release();
  });

  it("goes on when a listener throws", async () => {
    const { reader, channel } = await followed();
    await reader.registry.follow("inv1", () => {
      throw new Error("a listener's own fault");
    });
    await channel.submit(wallet("OfferTerms"));
    expect(stateName(channel.channel.snapshot)).toBe("awaitingPayment");
    expect(reader.faults).toMatchObject([{ channelId: "inv1", error: { message: "a listener's own fault" } }]);
  });
});
