import { newChannelId } from "@p4/channel-host/testing";
import { join, merchant, metadata, wallet } from "@p4/channel/testing";
import { waitFor, withNatsServer } from "@p4/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { openChannelNode, type ChannelNode } from "./open-channel-node.ts";

const nats = withNatsServer();
const nodes: ChannelNode[] = [];
afterAll(() => Promise.all(nodes.map((node) => node.close())));

async function openNode(region: string, retentionMs = 3_600_000): Promise<ChannelNode> {
  const placement = { region, shards: 1, replicas: 1, retentionMs };
  const node = await openChannelNode({ natsUrl: nats.url, name: "test", ...placement });
  nodes.push(node);
  return node;
}

const readAll = (node: ChannelNode, channelId: string) => node.log.readStream(channelId, { consistent: true });

const rejoin = (channelId: string) => join(merchant, { channelId, mayOpen: true, metadata: metadata() });

/** Drops all but the last event of each channel: what the log's age does, but for the waiting. */
async function dropFirstEvents(node: ChannelNode, region: string): Promise<void> {
  const stream = `P4_CHANNELS_${region}_0`;
  const { config } = await node.broker.api<{ config: object }>(`STREAM.INFO.${stream}`);
  await node.broker.api(`STREAM.UPDATE.${stream}`, { ...config, max_msgs_per_subject: 1 });
  await node.broker.api(`STREAM.UPDATE.${stream}`, config);
}

describe("a channel whose first event has gone with the log's age", () => {
  it("is not served, and not opened again, by a node that did not know it", async () => {
    const channelId = newChannelId();
    const before = await openNode("head");
    await before.registry.submit(channelId, rejoin(channelId));
    await before.registry.submit(channelId, wallet("RequestTerms"));
    await dropFirstEvents(before, "head");
    await waitFor(async () => (await readAll(before, channelId)).length === 1);
    const [last] = await readAll(before, channelId);

    const { registry } = await openNode("head");
    const gone = { name: "LogError", code: "LOG_BEGINNING_GONE", streamVersion: last?.streamVersion };
    await expect(registry.read(channelId)).rejects.toMatchObject(gone);
    await expect(registry.follow(channelId, () => undefined)).rejects.toMatchObject(gone);
    for (const command of [rejoin(channelId), wallet("RequestTerms"), wallet("OfferTerms")])
      await expect(registry.submit(channelId, command)).rejects.toMatchObject(gone);
    expect(await readAll(before, channelId)).toEqual([last]);
  });
});

describe("a channel of which the log has nothing any more", () => {
  it("is unknown, as one that never was: its life was over long before", async () => {
    const channelId = newChannelId();
    const node = await openNode("whole", 2_000);
    await node.registry.submit(channelId, rejoin(channelId));
    await waitFor(async () => (await readAll(node, channelId)).length === 0, { timeoutMs: 30_000 });
    expect((await node.registry.read(channelId)).streamVersion).toBe(0);
    const opened = await node.registry.submit(channelId, rejoin(channelId));
    expect(opened).toMatchObject({ outcome: "stored", event: { type: "ChannelOpened" } });
  });
});
