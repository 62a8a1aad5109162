import { stateName } from "@p4/channel";
import { customer, expiresAtMs, join, merchant, metadata, wallet, close } from "@p4/channel/testing";
import { createInMemoryStore } from "@p4/event-store";
import { describe, expect, it } from "vitest";
import { testNode } from "./test-support.ts";
import { ignore, joinOf } from "./testing.ts";

const isNew = { expectNew: true };

describe("a channel that is expected to be new", () => {
  it("is opened without being read", async () => {
    const store = createInMemoryStore();
    const { registry, reads } = testNode(store);
    const channel = await registry.follow("inv1", ignore, isNew);
    expect(await channel.submit(joinOf("inv1"))).toMatchObject({ outcome: "stored", event: { type: "ChannelOpened" } });
    expect(await channel.submit(wallet("OfferTerms"))).toMatchObject({ outcome: "stored" });
    expect(await registry.submit("inv1", joinOf("inv1", customer))).toMatchObject({ outcome: "stored" });
    expect(reads.count).toBe(0);
    expect(channel.channel).toEqual(await testNode(store).registry.read("inv1"));
  });

  it("is joined like any other when it is there, and keeps its own timer", async () => {
    const store = createInMemoryStore();
    const [node, other] = [testNode(store), testNode(store)];
    await other.registry.submit("inv1", joinOf("inv1"));
    await other.registry.submit("inv1", { type: "ExtendDeadline", expiresAtMs: 90_000, metadata: metadata() });
    const channel = await node.registry.follow("inv1", ignore, isNew);
    const back = { ...merchant, connectionId: "back" };
    const result = await channel.submit(
      join(back, { channelId: "inv1", merchantIsAlive: false, metadata: metadata() }),
    );
    expect(result).toMatchObject({ outcome: "stored", event: { type: "ParticipantJoined" } });
    expect(node.armed.map(({ remainingMs }) => remainingMs)).toEqual([expiresAtMs - 2_000, 90_000 - 2_000]);
    expect(channel.channel).toEqual(await other.registry.read("inv1"));
  });

  it("has no timer afterwards when it has ended", async () => {
    const store = createInMemoryStore();
    const [node, other] = [testNode(store), testNode(store)];
    await other.registry.submit("inv1", joinOf("inv1"));
    await other.registry.submit("inv1", close());
    const disarmed: string[] = [];
    const disarm = store.deadlines.disarm.bind(store.deadlines);
    store.deadlines.disarm = (channelId) => {
      disarmed.push(channelId);
      return disarm(channelId);
    };
    const channel = await node.registry.follow("inv1", ignore, isNew);
    expect(await channel.submit(joinOf("inv1"))).toMatchObject({ outcome: "unchanged" });
    expect(disarmed).toEqual(["inv1"]);
  });

  it("is read before anything else is answered about it", async () => {
    const store = createInMemoryStore();
    const [node, other] = [testNode(store), testNode(store)];
    for (const id of ["inv1", "inv2", "inv3"]) await other.registry.submit(id, joinOf(id));
    await node.registry.follow("inv1", ignore, isNew);
    expect(stateName((await node.registry.read("inv1")).snapshot)).toBe("awaitingTermsRequest");
    await node.registry.follow("inv2", ignore, isNew);
    const second = await node.registry.follow("inv2", ignore);
    expect(second.channel).toEqual(await other.registry.read("inv2"));
    const third = await node.registry.follow("inv3", ignore, isNew);
    expect(await third.submit(wallet("OfferTerms"))).toMatchObject({ outcome: "stored" });
    const may = { channelId: "inv4", mayOpen: false, metadata: metadata() };
    const fourth = await node.registry.follow("inv4", ignore, isNew);
    expect(await fourth.submit(join(customer, may))).toMatchObject({ outcome: "refused", code: "CHANNEL_UNKNOWN" });
  });

  it("is still unread after an append that failed", async () => {
    const store = createInMemoryStore();
    const [node, other] = [testNode(store), testNode(store)];
    await other.registry.submit("inv1", joinOf("inv1"));
    const channel = await node.registry.follow("inv1", ignore, isNew);
    store.faults.failNextAppend("STORE_UNAVAILABLE");
    await expect(channel.submit(joinOf("inv1"))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await channel.submit(wallet("OfferTerms"))).toMatchObject({ outcome: "stored" });
  });
});
