import { waitFor, withNatsServer } from "@p4/testkit";
import { expect, it, vi } from "vitest";
import { OutgoingFrame } from "./outgoing-frame.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import type { Peer } from "./test-support/peer.ts";
import { rawJoin, shortFrame } from "./test-support/raw-socket.ts";

const nats = withNatsServer();
const limits = { byteRatePerConnection: 100_000_000, maxChannelBytes: 64_000_000 };
const large = { note: "x".repeat(900_000) };
/** More than the kernel takes for a peer that does not read, and more than may wait for it. */
const said = 16;

async function longChannel(edge: TestEdge): Promise<{ id: string; from: string; merchant: Peer }> {
  const id = newChannelId();
  const merchant = await edge.join(`${id}?role=merchant&receipts=true`);
  const from = merchant.sequence;
  for (let i = 1; i <= said; i++) {
    merchant.say("paymentrequest.response", { messageId: `said-${String(i)}`, body: large });
    await merchant.hear("receipt", i);
  }
  return { id, from, merchant };
}

it("a long history is written as its peer takes it; what is stored and answered meanwhile comes behind it", async () => {
  const edge = await startTestEdge(nats.url, {}, { limits });
  const { id, from, merchant } = await longChannel(edge);
  const back = await rawJoin(edge, `${id}?role=customer&dialect=p4&receipts=true&since=${from}`);
  back.socket.pause();
  back.socket.write(shortFrame('{"key":"paymentrequest.create","messageId":"asked"}'));
  await merchant.hear("paymentrequest.create");
  merchant.say("paymentrequest.response", { messageId: "live", body: { note: "now" } });
  await merchant.hear("receipt", said + 1);
  back.socket.resume();
  await waitFor(() => back.received().includes('"live"'));
  await waitFor(() => back.received().includes('"receipt"'));

  const heard = [...back.received().matchAll(/"messageId":"(said-\d+|live)"/g)].map(([, messageId]) => messageId);
  expect(heard).toEqual([...Array.from({ length: said }, (_, i) => `said-${String(i + 1)}`), "live"]);
  const lastOfHistory = back.received().indexOf(`"messageId":"said-${String(said)}"`);
  expect(back.received().indexOf('"receipt"')).toBeGreaterThan(lastOfHistory);
});

it("a channel that ends while its history is written is closed behind the last of it", async () => {
  const edge = await startTestEdge(nats.url, {}, { limits });
  const { id, from, merchant } = await longChannel(edge);
  const back = await rawJoin(edge, `${id}?role=customer&dialect=p4&since=${from}`);
  back.socket.pause();
  merchant.say("channel.close", {});
  await merchant.closed();
  back.socket.resume();
  await waitFor(() => back.socket.closed || back.socket.readableEnded);
  const lastOfHistory = back.received().indexOf(`"messageId":"said-${String(said)}"`);
  expect(lastOfHistory).toBeGreaterThan(0);
  expect(back.received().lastIndexOf("channel.closed")).toBeGreaterThan(lastOfHistory);
});

it("a history that cannot be written to its end closes its socket, and harms nobody else", async () => {
  const edge = await startTestEdge(nats.url, {}, { limits });
  const { id, from, merchant } = await longChannel(edge);
  const back = await rawJoin(edge, `${id}?role=customer&dialect=p4&since=${from}`);
  back.socket.pause();
  const encode = vi.spyOn(OutgoingFrame.prototype, "encode").mockImplementation(() => {
    throw new Error("a stored frame that cannot be read");
  });
  try {
    back.socket.resume();
    await waitFor(() => back.received().includes("\x03\xf3internal error"), { description: "close with 1011" });
  } finally {
    encode.mockRestore();
  }
  merchant.say("paymentrequest.response", { body: { note: "on" } });
  await merchant.hear("receipt", said + 1);
});

it("a peer that leaves in the middle of its history leaves nothing behind", async () => {
  const edge = await startTestEdge(nats.url, {}, { limits });
  const { id, from, merchant } = await longChannel(edge);
  const back = await rawJoin(edge, `${id}?role=customer&dialect=p4&since=${from}`);
  back.socket.pause();
  await waitFor(async () => (await edge.metric("edge_held_bytes")) > 5_000_000);
  back.socket.destroy();
  await merchant.leave();
  await waitFor(async () => (await edge.metric("edge_held_bytes")) === 0);
  expect(await edge.metric("edge_connections")).toBe(0);
});
