import { wallet } from "@p4/channel/testing";
import { createInMemoryStore } from "@p4/event-store";
import { expect, it, vi } from "vitest";
import { testNode } from "./test-support.ts";
import { ignore, joinOf } from "./testing.ts";

/** A node that follows a channel, which another one writes. */
async function followed() {
  const store = createInMemoryStore();
  const [node, other] = [testNode(store), testNode(store)];
  await other.registry.submit("inv1", joinOf("inv1"));
  const channel = await node.registry.follow("inv1", ignore);
  return { store, node, other, channel, peek: () => node.registry.peek("inv1") };
}

it("shows a channel that is live here, as it is; no other one, and none that nobody has opened", async () => {
  const { node, other, channel, peek } = await followed();
  expect(peek()).toBe(channel.channel);
  await other.registry.submit("inv1", wallet("OfferTerms"));
  expect(peek()).toBe(channel.channel);
  await node.registry.follow("inv2", ignore);
  expect([node.registry.peek("inv2"), node.registry.peek("inv3")]).toEqual([null, null]);
  channel.release();
  expect(peek()).toBeNull();
});

it("shows none that is known to have missed an event, until it has read that", async () => {
  const { store, node, other, channel, peek } = await followed();
  store.faults.loseLiveEvents(1);
  await other.registry.submit("inv1", wallet("OfferTerms"));
  let goOn = (): void => undefined;
  node.reads.hold = new Promise((resolve) => (goOn = resolve));
  await other.registry.submit("inv1", wallet("SubmitPayment"));
  expect(peek()).toBeNull();
  goOn();
  await vi.waitFor(() => expect(peek()).toEqual(channel.channel));
  expect(channel.channel).toEqual(await other.registry.read("inv1"));
});

it("shows none that may have missed something with the broker, until it is compared", async () => {
  const { store, node, peek } = await followed();
  node.reads.dead.add("inv1");
  store.faults.reconnect();
  expect(peek()).toBeNull();
  node.reads.dead.clear();
  await vi.waitFor(() => expect(peek()).not.toBeNull());
});
