import { newChannel } from "@p4/channel";
import { createInMemoryStore } from "@p4/event-store";
import { describe, expect, it, vi } from "vitest";
import { AwakeActors } from "./awake-actors.ts";
import { sha256Hex, testNode } from "./test-support.ts";
import { joinOf, wholePayment } from "./testing.ts";

const types = ["TermsRequested", "TermsOffered", "PaymentSubmitted", "PaymentAccepted", "ProofRecorded"];
const channelIds = ["inv1", "inv2", "inv3"];

/** Channels that are followed on a node of which one actor is awake at a time, and written by another node. */
async function sleepers() {
  const store = createInMemoryStore();
  const [node, writer] = [testNode(store, { mostAwake: 1 }), testNode(store)];
  const heard = new Map<string, string[]>(channelIds.map((channelId) => [channelId, []]));
  for (const channelId of channelIds) await writer.registry.submit(channelId, joinOf(channelId));
  const channels = await Promise.all(
    channelIds.map((channelId) => node.registry.follow(channelId, ({ type }) => void heard.get(channelId)?.push(type))),
  );
  return { store, node, writer, heard, channels };
}

describe("the actors that are awake", () => {
  it("are the last that were woken: of too many the longest awake sleeps", () => {
    const actors = new AwakeActors(sha256Hex, 2);
    const [one, two, three] = [{}, {}, {}];
    const first = actors.wake(one, newChannel());
    expect(actors.wake(one, newChannel())).toBe(first);
    const second = actors.wake(two, newChannel());
    actors.wake(three, newChannel());
    expect(actors.count).toBe(2);
    expect(actors.wake(two, newChannel())).toBe(second);
    expect(actors.wake(one, newChannel())).not.toBe(first);
  });

  it("hear each event of every channel once and in order, though each event wakes one and puts another to sleep", async () => {
    const { node, writer, heard, channels } = await sleepers();
    const readsBefore = node.reads.count;
    for (const command of wholePayment()) {
      for (const channelId of channelIds) await writer.registry.submit(channelId, command);
    }
    for (const [index, channelId] of channelIds.entries()) {
      await vi.waitFor(() => expect(heard.get(channelId)).toEqual(types));
      expect(channels[index]?.channel).toEqual(await writer.registry.read(channelId));
    }
    expect(node.registry.asleep).toBe(2);
    // Waking reads nothing.
    expect(node.reads.count).toBe(readsBefore);
    expect(node.faults).toEqual([]);
  });

  it("take commands after they have slept, on top of what they had folded", async () => {
    const { node, store, heard, channels } = await sleepers();
    for (const command of wholePayment()) {
      for (const channel of channels) expect(await channel.submit(command)).toMatchObject({ outcome: "stored" });
    }
    for (const [index, channelId] of channelIds.entries()) {
      expect(heard.get(channelId)).toEqual(types);
      expect(channels[index]?.channel).toEqual(await testNode(store).registry.read(channelId));
    }
    expect(node.faults).toEqual([]);
  });

  it("fill a gap that was torn while they slept", async () => {
    const { store, node, writer, heard } = await sleepers();
    const [first, ...rest] = wholePayment() as [never, never];
    store.faults.loseLiveEvents(1);
    await writer.registry.submit("inv1", first);
    for (const command of rest) await writer.registry.submit("inv1", command);
    await vi.waitFor(() => expect(heard.get("inv1")).toEqual(types));
    expect(node.faults).toEqual([]);
  });

  it("let go of a channel without followers", async () => {
    const { node, channels } = await sleepers();
    for (const channel of channels) channel.release();
    expect(node.registry.size).toBe(0);
    expect(node.registry.asleep).toBe(0);
  });
});
