import { wallet } from "@p4/channel/testing";
import { createInMemoryStore, StoreError } from "@p4/event-store";
import { describe, expect, it, vi } from "vitest";
import { testNode } from "./test-support.ts";
import { ignore, joinOf, newChannelId } from "./testing.ts";

const utf8 = new TextEncoder();

describe("a registry that compares its channels with the log", () => {
  it("heals all its channels after a reconnect before it takes commands, one damaged channel or not", async () => {
    const store = createInMemoryStore();
    const [deaf, other] = [testNode(store), testNode(store)];
    const ids = [newChannelId(), newChannelId()] as const;
    const heard: string[] = [];
    for (const id of ids) await other.registry.submit(id, joinOf(id));
    const channels = await Promise.all(ids.map((id) => deaf.registry.follow(id, (event) => heard.push(event.type))));
    store.faults.loseLiveEvents(2);
    await other.registry.submit(ids[0], wallet("OfferTerms"));
    const expectedStreamVersion = channels[1]?.channel.streamVersion ?? 0;
    await store.log.appendToStream({ channelId: ids[1], eventId: "x", bytes: utf8.encode("{"), expectedStreamVersion });
    deaf.reads.failures.push("STORE_UNAVAILABLE");
    store.faults.reconnect();
    const result = await channels[0]?.submit(wallet("SubmitPayment"));
    expect(result).toMatchObject({ outcome: "stored" });
    expect(heard).toEqual(["TermsOffered", "PaymentSubmitted"]);
    // It was healed by the comparison, not by a conflict.
    expect(deaf.appends.count).toBe(1);
    expect(deaf.faults).toMatchObject([
      { channelId: "*", error: { code: "STORE_UNAVAILABLE" } },
      { channelId: ids[1], error: { code: "LOG_EVENT_CORRUPT" } },
    ]);
  });

  it("is told in turns what it has missed unnoticed: each comparison goes on behind the one before it", async () => {
    const store = createInMemoryStore();
    const [deaf, other] = [testNode(store), testNode(store)];
    const ids = ["inv1", "inv2", "inv3"];
    const heard: string[] = [];
    for (const id of ids) {
      await other.registry.submit(id, joinOf(id));
      await deaf.registry.follow(id, () => heard.push(id));
    }
    store.faults.loseLiveEvents(3);
    for (const id of ids) await other.registry.submit(id, wallet("OfferTerms"));
    expect(heard).toEqual([]);
    await deaf.registry.reconcileNext(2);
    expect(heard).toEqual(["inv1", "inv2"]);
    await deaf.registry.reconcileNext(2);
    expect(heard).toEqual(ids);
    store.faults.loseLiveEvents(1);
    await other.registry.submit("inv1", wallet("SubmitPayment"));
    await deaf.registry.reconcileNext(2);
    expect(heard).toEqual([...ids, "inv1"]);
  });

  it("never serves state from before the loss: followers and reads wait for the comparison", async () => {
    const store = createInMemoryStore();
    const [deaf, other] = [testNode(store), testNode(store)];
    const id = newChannelId();
    await other.registry.submit(id, joinOf(id));
    await deaf.registry.follow(id, ignore);
    store.faults.loseLiveEvents(1);
    const stored = await other.registry.submit(id, wallet("OfferTerms"));
    store.faults.reconnect();
    const [followed, read] = await Promise.all([deaf.registry.follow(id, ignore), deaf.registry.read(id)]);
    const { streamVersion } = stored.channel;
    expect([followed.channel.streamVersion, read.streamVersion]).toEqual([streamVersion, streamVersion]);
    // Neither the comparison of all nor the channel's own can be made.
    deaf.reads.failures.push("STORE_MISSING", "STORE_MISSING");
    store.faults.reconnect();
    await expect(deaf.registry.follow(id, ignore)).rejects.toMatchObject({ code: "STORE_MISSING" });
    deaf.registry.close();
  });

  it("refuses commands while the comparison cannot be made, and serves when it can", async () => {
    const store = createInMemoryStore();
    const node = testNode(store);
    const channel = await node.registry.follow("inv1", ignore);
    await channel.submit(joinOf("inv1"));
    node.reads.failures.push("STORE_MISSING", "STORE_MISSING");
    store.faults.reconnect();
    await expect(channel.submit(wallet("OfferTerms"))).rejects.toMatchObject({ code: "STORE_MISSING" });
    await vi.waitFor(async () =>
      expect(await channel.submit(wallet("OfferTerms"))).toMatchObject({ outcome: "stored" }),
    );
    // The broker that came back and went away again: an error after some tries, not silence.
    node.reads.failures.push(...Array.from({ length: 20 }, () => "STORE_UNAVAILABLE" as const));
    store.faults.reconnect();
    await expect(channel.submit(wallet("SubmitPayment"))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    node.registry.close();
  });

  it("serves healthy shards, healed, when another shard stays away after a reconnect", async () => {
    const store = createInMemoryStore();
    const [node, other] = [testNode(store), testNode(store)];
    const heard: string[] = [];
    const follow = async (id: string) => {
      await other.registry.submit(id, joinOf(id));
      return node.registry.follow(id, (event) => heard.push(`${id} ${event.type}`));
    };
    const [healthy, dead] = [await follow("inv1"), await follow("inv2")];
    const unopened = await node.registry.follow("inv3", ignore);
    store.faults.loseLiveEvents(2);
    for (const id of ["inv1", "inv2"]) await other.registry.submit(id, wallet("OfferTerms"));
    node.reads.dead.add("inv2");
    store.faults.reconnect();
    // Without a request for it: passive followers hear it too.
    await vi.waitFor(() => expect(heard).toEqual(["inv1 TermsOffered"]));
    const readsBefore = node.reads.count;
    expect(await healthy.submit(wallet("SubmitPayment"))).toMatchObject({ outcome: "stored" });
    expect(await unopened.submit(joinOf("inv3"))).toMatchObject({ outcome: "stored" });
    // Once healed with the rest, no command reads again.
    expect(node.reads.count).toBe(readsBefore);
    const unavailable = { code: "STORE_UNAVAILABLE" };
    await expect(dead.submit(wallet("SubmitPayment"))).rejects.toMatchObject(unavailable);
    await expect(node.registry.read("inv2")).rejects.toMatchObject(unavailable);
    node.reads.dead.clear();
    await vi.waitFor(() => expect(heard).toContain("inv2 TermsOffered"));
    expect(await dead.submit(wallet("SubmitPayment"))).toMatchObject({ outcome: "stored" });
    node.registry.close();
  });

  it("serves a channel that compares itself when the comparison of all cannot be made", async () => {
    const store = createInMemoryStore();
    const [node, other] = [testNode(store), testNode(store)];
    await other.registry.submit("inv1", joinOf("inv1"));
    const channel = await node.registry.follow("inv1", ignore);
    store.faults.loseLiveEvents(1);
    const { channel: stored } = await other.registry.submit("inv1", wallet("OfferTerms"));
    vi.spyOn(node.runtime.log, "streamVersions").mockRejectedValue(new StoreError("STORE_MISSING", "made to fail"));
    store.faults.reconnect();
    expect((await node.registry.read("inv1")).streamVersion).toBe(stored.streamVersion);
    expect(await channel.submit(wallet("SubmitPayment"))).toMatchObject({ outcome: "stored" });
    // By the comparison, not by a conflict.
    expect(node.appends.count).toBe(1);
    node.registry.close();
  });

  it("does not serve what a lagging replica shows of a channel that is known to be further", async () => {
    const store = createInMemoryStore();
    const [node, other] = [testNode(store), testNode(store)];
    await other.registry.submit("inv1", joinOf("inv1"));
    await node.registry.follow("inv1", ignore);
    store.faults.loseLiveEvents(1);
    await other.registry.submit("inv1", wallet("OfferTerms"));
    node.reads.stale.push(...Array.from({ length: 1_000 }, () => []));
    store.faults.reconnect();
    await expect(node.registry.read("inv1")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    node.registry.close();
  });

  it("compares old channels again, however many new ones come, and wastes no turn", async () => {
    const store = createInMemoryStore();
    const node = testNode(store);
    const asked = vi.spyOn(node.runtime.log, "streamVersions");
    let count = 0;
    const followNext = () => node.registry.follow(`inv${String(++count)}`, ignore);
    const followed = [await followNext(), await followNext(), await followNext(), await followNext()];
    for (let turn = 0; turn < 4; turn++) {
      await node.registry.reconcileNext(2);
      await followNext();
      await followNext();
    }
    expect(asked.mock.calls.flatMap(([ids]) => ids).filter((id) => id === "inv1")).toHaveLength(2);
    for (const each of followed) each.release();
    for (let turn = 0; turn < 8; turn++) await node.registry.reconcileNext(4);
    expect(asked.mock.calls.map(([ids]) => ids.length)).not.toContain(0);
  });

  it("ends its comparison when it is closed", async () => {
    const store = createInMemoryStore();
    const node = testNode(store);
    await node.registry.follow("inv1", ignore);
    node.reads.failures.push(...Array.from({ length: 100_000 }, () => "STORE_UNAVAILABLE" as const));
    store.faults.reconnect();
    await vi.waitFor(() => expect(node.faults.length).toBeGreaterThan(3));
    node.registry.close();
    expect(node.registry.size).toBe(0);
    const failuresLeft = node.reads.failures.length;
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(node.reads.failures.length).toBeGreaterThanOrEqual(failuresLeft - 1);
  });
});
