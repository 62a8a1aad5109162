import type { EventLog } from "@p4/event-store";
import { waitFor, withNatsServer } from "@p4/testkit";
import { expect, it } from "vitest";
import { terms } from "./test-support/bodies.ts";
import { newChannelId, startTestEdge } from "./test-support/edges.ts";

const nats = withNatsServer();

it("closes the sockets of a channel that this node cannot follow any more with 4100; other channels go on", async () => {
  let log: EventLog | undefined;
  const wrap = (ports: { log: EventLog; feed: never }) => {
    log = ports.log;
    return ports;
  };
  const edge = await startTestEdge(nats.url, {}, { wrap: wrap as never });
  const [id, other] = [newChannelId(), newChannelId()];
  const lost = [await edge.join(`${id}?role=merchant`), await edge.join(`${id}?role=customer`)];
  const [merchant, customer] = [await edge.join(`${other}?role=merchant`), await edge.join(`${other}?role=customer`)];
  // What a newer node may have stored during an upgrade: an event of a type that this one has never heard of.
  const bytes = new TextEncoder().encode(JSON.stringify({ type: "FromTheFuture", data: {} }));
  const versions = await log?.streamVersions([id]);
  await log?.appendToStream({
    channelId: id,
    eventId: "future-1",
    bytes,
    expectedStreamVersion: versions?.get(id) ?? 0,
  });
  for (const peer of lost) expect(await peer.closed()).toMatchObject({ code: 4100 });
  merchant.say("paymentrequest.response", { body: terms });
  await customer.hear("paymentrequest.response");
  await waitFor(async () => (await edge.metric("edge_connections")) === 2);
});
