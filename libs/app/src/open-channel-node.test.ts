import { waitFor, withNatsServer } from "@p4/testkit";
import { expect, it } from "vitest";
import { openChannelNode } from "./open-channel-node.ts";

const nats = withNatsServer();

it("leaves a broker that has fallen silent, and tells of the silence", async () => {
  const statuses: string[] = [];
  const node = await openChannelNode({
    natsUrl: nats.url,
    name: "test",
    region: "test",
    shards: 1,
    replicas: 1,
    retentionMs: 3_600_000,
    onStatus: ({ type }) => statuses.push(type),
  });
  await nats.process.pause();
  await expect(node.close()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  // Not given up by its pings and reconnected: closed by us.
  expect(statuses).not.toContain("disconnected");
  await waitFor(() => statuses.at(-1) === "closed");
  nats.process.resume();
});
