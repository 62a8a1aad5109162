import { channelActorContract, newChannelId } from "@p4/channel-host/testing";
import { stateName } from "@p4/channel";
import { join, merchant, metadata, wallet } from "@p4/channel/testing";
import { waitFor, withNatsServer } from "@p4/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openChannelNode, type ChannelNode } from "./open-channel-node.ts";

const nats = withNatsServer();

describe.each([
  ["live", false],
  ["replayed before each command", true],
])("nodes whose actors are %s", (_, alwaysReplay) => {
  const nodes: ChannelNode[] = [];
  const faults: unknown[] = [];
  const node = (index: number): ChannelNode => nodes[index] as ChannelNode;

  beforeAll(async () => {
    const options = { natsUrl: nats.url, region: "test", shards: 2, replicas: 1, retentionMs: 3_600_000, alwaysReplay };
    const onFault = (_channelId: string, error: unknown): void => void faults.push(error);
    for (const name of ["one", "two"]) nodes.push(await openChannelNode({ ...options, name, onFault }));
  });
  afterAll(async () => {
    await Promise.all(nodes.map((each) => each.close()));
  });

  channelActorContract("JetStream", () => ({ one: node(0).registry, two: node(1).registry, faults }));

  it("hear what was stored while the broker was killed and came back", async () => {
    const channelId = newChannelId();
    const heard: string[] = [];
    const here = await node(0).registry.follow(channelId, (event) => heard.push(event.type));
    const there = await node(1).registry.follow(channelId, (event) => heard.push(event.type));
    await here.submit(join(merchant, { channelId, metadata: metadata() }));
    await waitFor(() => heard.length === 2);
    await nats.process.kill();
    await nats.restart();
    const offer = wallet("OfferTerms");
    // Refused while the broker is away; the same command again is the same event.
    await waitFor(async () => (await here.submit(offer)).outcome !== "refused", { intervalMs: 50 });
    await waitFor(() => stateName(there.channel.snapshot) === "awaitingPayment");
    expect(heard).toEqual(["ChannelOpened", "ChannelOpened", "TermsOffered", "TermsOffered"]);
    expect(there.channel).toEqual(here.channel);
    here.release();
    there.release();
  });
});
