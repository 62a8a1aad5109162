import { waitFor, withNatsServer } from "@p4/testkit";
import { expect, it } from "vitest";
import { newChannelId, startTestEdge } from "./test-support/edges.ts";
import { rawJoin } from "./test-support/raw-socket.ts";

const nats = withNatsServer();

/** Each message is more than the kernel takes for a peer that does not read, once there are some. */
const large = { body: { note: "x".repeat(900_000) } };

it("the queues of peers that do not read are bounded together: the longest is closed with 4290, and no other wallet", async () => {
  const edge = await startTestEdge(
    nats.url,
    { P4_MAX_HELD_BYTES: "2MiB" },
    { limits: { maxQueuedBytes: 100_000_000, byteRatePerConnection: 100_000_000 } },
  );
  const id = newChannelId();
  const merchant = await edge.join(`${id}?role=merchant&receipts=true`);
  const reader = await edge.join(`${id}?role=customer`);
  const slow = [await rawJoin(edge, `${id}?role=customer`), await rawJoin(edge, `${id}?role=customer`)];
  for (const { socket } of slow) socket.pause();

  const count = (key: string): number => merchant.keys.filter((each) => each === key).length;
  for (let said = 1; (await edge.metric("edge_connections")) === 4; said++) {
    merchant.say("paymentrequest.response", large);
    // One is refused while the reader has not read either, on a machine that has much else to do.
    await waitFor(() => count("receipt") + count("error") === said, { description: "receipt or refusal" });
    expect(count("receipt")).toBeLessThan(20);
  }
  await waitFor(async () => (await edge.metric("edge_held_bytes")) < 4_200_000);
  expect([merchant.closedWith, reader.closedWith]).toEqual([null, null]);
  await reader.hear("paymentrequest.response", count("receipt"));

  // A peer that reads after all has everything that was accepted for it, and the reason.
  for (const { socket } of slow) socket.resume();
  await waitFor(() => slow.some(({ received }) => received().includes("\x10\xc2too slow: the send queues are full")));
  await waitFor(async () => (await edge.metric("edge_queued_bytes")) === 0);
});
