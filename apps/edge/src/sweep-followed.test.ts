import { ChannelRegistry, markerGraceMs } from "@p4/channel-host";
import { stateName } from "@p4/channel";
import { createInMemoryStore } from "@p4/event-store";
import { sha256Hex, uuid } from "@p4/node-crypto";
import { describe, expect, it } from "vitest";
import { sweepFollowed } from "./sweep-followed.ts";

const expiresAtMs = 8_000;

async function openChannel() {
  const store = createInMemoryStore();
  const registry = new ChannelRegistry({
    log: store.log,
    feed: store.feed,
    deadlines: store.deadlines,
    isConnectionAlive: () => Promise.resolve(true),
    nowMs: () => 1_000,
    newId: uuid,
    sha256Hex,
    delay: () => Promise.resolve(),
    onFault: (_channelId, error) => expect.unreachable(String(error)),
    alwaysReplay: false,
  });
  const heard: string[] = [];
  const followed = await registry.follow("inv1", (event) => heard.push(`${event.type} ${event.metadata.eventId}`));
  await followed.submit({
    type: "JoinChannel",
    channelId: "inv1",
    participant: { connectionId: "c1", nodeId: "n1", role: null, explicit: false },
    expiresAtMs,
    mayOpen: true,
    merchantIsAlive: true,
    metadata: { commandId: "join", nowMs: 1_000, correlationId: "", causationId: "c1" },
  });
  return { followed, heard };
}

describe("sweepFollowed", () => {
  it("leaves a channel to the broker's timer until the grace is over", async () => {
    const { followed } = await openChannel();
    await sweepFollowed([followed], expiresAtMs + markerGraceMs - 1);
    expect(stateName(followed.channel.snapshot)).toBe("awaitingTermsRequest");
  });

  it("expires it then, once", async () => {
    const { followed, heard } = await openChannel();
    await sweepFollowed([followed, followed], expiresAtMs + markerGraceMs);
    await sweepFollowed([followed], expiresAtMs + markerGraceMs);
    expect(stateName(followed.channel.snapshot)).toBe("expired");
    expect(heard).toEqual(["ChannelOpened join", "ChannelExpired expiry"]);
  });
});
