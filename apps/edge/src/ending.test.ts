import { setTimeout as delay } from "node:timers/promises";
import type { ChannelCommand, CommandMetadata } from "@p4/channel";
import { openChannelNode, type ChannelNode } from "@p4/app";
import { waitFor, wallClock, withNatsServer } from "@p4/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ack, payment } from "./test-support/bodies.ts";
import { newChannelId, startTestEdge, type TestEdge } from "./test-support/edges.ts";
import { headerOf, type Peer } from "./test-support/peer.ts";
import { rawTx } from "./test-support/scripted-wallet.ts";

const nats = withNatsServer();
const wallet = "a-secret-of-the-wallet";

describe.each([
  ["live", false],
  ["replayed before each command", true],
])("the end of a channel over actors that are %s", (_, alwaysReplay) => {
  let edge: TestEdge;
  let other: TestEdge;
  let worker: ChannelNode;
  beforeAll(async () => {
    edge = await startTestEdge(nats.url, { alwaysReplay });
    other = await startTestEdge(nats.url, { alwaysReplay });
    const placement = { region: "local", shards: 2, replicas: 1, retentionMs: 90 * 86_400_000 };
    worker = await openChannelNode({ natsUrl: nats.url, name: "worker", ...placement, watchesClock: false });
  });
  afterAll(() => worker.close());

  async function end(id: string, type: "ExpireChannel" | "CloseChannel"): Promise<void> {
    const { snapshot } = await worker.registry.read(id);
    const nowMs = type === "ExpireChannel" ? snapshot.context.expiresAtMs : Date.now();
    const metadata = { commandId: `end-${id}`, nowMs, correlationId: "", causationId: "test" };
    await worker.registry.submit(id, { type, by: "operator", reason: "test", metadata });
  }

  it("is told to everyone once, on every node, and then their sockets are closed with 4000", async () => {
    const id = newChannelId();
    const peers = [
      await edge.join(`${id}?role=merchant`),
      await edge.join(id),
      await other.join(`${id}?role=customer`),
      await other.join(`${id}?since=0`),
    ];
    await Promise.all([end(id, "ExpireChannel"), end(id, "ExpireChannel")]);
    for (const peer of peers) {
      expect(await peer.closed()).toEqual({ code: 4000, reason: "channel.expired" });
      expect(peer.keys).toEqual(["join.success", "channel.expired"]);
    }
  });

  it.each(["p4", "dpp"])("is the merchant's to bring about by a message of its own: %s", async (dialect) => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant&dialect=${dialect}&receipts=true`);
    const customer = await other.join(`${id}?role=customer`);
    const rival = await other.join(`${id}?role=merchant`);
    customer.say("channel.close");
    expect((await customer.hear("error"))["errorBody"]).toMatchObject({ errCode: "ROLE_FORBIDDEN" });
    rival.say("channel.close");
    expect((await rival.hear("error"))["errorBody"]).toMatchObject({ errCode: "ROLE_TAKEN" });
    customer.say("payment", { body: payment });
    await merchant.hear("payment");
    merchant.say("channel.close");
    await merchant.hear("error");
    merchant.say("payment.ack", { body: ack });
    await customer.hear("payment.ack");
    merchant.say("channel.close");
    for (const peer of [merchant, customer]) {
      expect(await peer.closed()).toEqual({ code: 4000, reason: "channel.closed" });
      expect(peer.keys.at(-1)).toBe("channel.closed");
    }
    const { snapshot } = await worker.registry.read(id);
    expect(snapshot.value).toBe("closed");
  });

  it("is told to later joiners, with what they may have missed, and nothing is stored", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant`);
    const customer = await edge.join(`${id}?role=customer&wallet=${wallet}`);
    const from = customer.sequence;
    customer.say("payment", { body: payment });
    await merchant.hear("payment");
    await customer.leave();
    merchant.say("payment.ack", { body: ack });
    await waitFor(async () => (await worker.registry.read(id)).snapshot.context.attempts[0]?.verdict);
    await end(id, "CloseChannel");
    const { streamVersion } = await worker.registry.read(id);
    for (const query of [
      `role=customer&wallet=${wallet}`,
      `role=customer&wallet=${wallet}&since=${from}`,
      "role=merchant",
    ]) {
      const late = await other.join(`${id}?${query}`);
      expect(await late.closed()).toEqual({ code: 4000, reason: "channel.closed" });
      const missed = query === "role=merchant" ? [] : ["payment.ack"];
      expect(late.keys).toEqual(["join.success", ...missed, "channel.closed"]);
      expect(headerOf(late.frames[0] ?? {}, "x-p4-state")).toBe("closed");
    }
    expect((await worker.registry.read(id)).streamVersion).toBe(streamVersion);
  });

  it("waits for the answer to a payment that was sent in time, and comes with it", async () => {
    const clock = wallClock();
    const settings = { alwaysReplay, P4_CHANNEL_TTL: "1h", P4_ACK_GRACE: "5m" };
    const [brief, elsewhere] = [await startTestEdge(nats.url, settings), await startTestEdge(nats.url, settings)];
    const id = newChannelId();
    const merchant = await brief.join(`${id}?role=merchant`);
    const customer = await brief.join(`${id}?role=customer`);
    customer.say("payment", { body: payment });
    await merchant.hear("payment");
    clock.pass(3_600_000);
    const latecomer = await elsewhere.join(`${id}?role=customer`);
    expect(headerOf(latecomer.frames[0] ?? {}, "x-p4-state")).toBe("awaitingLateAck");
    merchant.say("payment.ack", { body: ack });
    for (const [peer, told] of [
      [customer, "payment.ack"],
      [latecomer, "invoice.paid"],
    ] as const) {
      expect(await peer.closed()).toEqual({ code: 4000, reason: "channel.expired" });
      expect(peer.keys).toEqual(["join.success", told, "channel.expired"]);
    }
    expect((await merchant.closed()).code).toBe(4000);
  });

  it("does not keep the proof of its payment from a wallet that comes back", async () => {
    const id = newChannelId();
    const merchant = await edge.join(`${id}?role=merchant`);
    const customer = await edge.join(`${id}?role=customer&wallet=${wallet}`);
    customer.say("payment", { body: { rawTx: rawTx(5) } });
    await merchant.hear("payment");
    merchant.say("payment.ack", { body: ack });
    await customer.hear("payment.ack");
    await end(id, "ExpireChannel");
    const [txid = ""] = (await worker.registry.read(id)).snapshot.context.attempts[0]?.payment.data.txids ?? [];
    const metadata = { commandId: `proof-${id}`, nowMs: Date.now(), correlationId: txid, causationId: "test" };
    expect(await worker.registry.submit(id, recordProof(txid, metadata))).toMatchObject({ outcome: "stored" });
    const back = await other.join(`${id}?role=customer&wallet=${wallet}`);
    expect((await back.closed()).code).toBe(4000);
    expect(back.keys).toEqual(["join.success", "payment.ack", "proof.create", "channel.expired"]);
  });

  it("comes with the first join after the deadline, when the timer was lost", async () => {
    const clock = wallClock();
    const settings = { alwaysReplay, P4_CHANNEL_TTL: "1h" };
    const [brief, elsewhere] = [await startTestEdge(nats.url, settings), await startTestEdge(nats.url, settings)];
    const id = newChannelId();
    const first = await brief.join(id);
    clock.pass(3_600_000);
    const second = await elsewhere.join(id);
    for (const peer of [first, second]) {
      expect((await peer.closed()).code).toBe(4000);
      expect(peer.keys).toEqual(["join.success", "channel.expired"]);
    }
  });
});

function recordProof(txid: string, metadata: CommandMetadata): ChannelCommand {
  const block = { blockHash: "cc".repeat(32), blockHeight: 7, merkleRoot: "dd".repeat(32) };
  const proof = { txid, status: "verified", ...block, source: "mapi", raw: "{}", bodyText: "{}" } as const;
  return { type: "RecordProof", proof, metadata };
}

describe("the drain of a node", () => {
  it("stores what was sent, closes every socket with 4200, refuses joins, and leaves all gauges at zero", async () => {
    const [leaving, staying] = [await startTestEdge(nats.url), await startTestEdge(nats.url)];
    const id = newChannelId();
    const merchant = await staying.join(`${id}?role=merchant&dialect=p4`);
    const peers: Peer[] = [];
    for (let i = 0; i < 5; i++) peers.push(await leaving.join(`${id}?role=customer&dialect=p4`));
    const idle = await leaving.join(newChannelId());
    const [payer, ...others] = peers as [Peer, ...Peer[]];
    for (let i = 0; i < 20; i++) payer.say("paymentrequest.create", { messageId: `m${String(i)}` });
    await merchant.hear("paymentrequest.create");
    const closing = leaving.close();
    expect((await leaving.upgrade(newChannelId()).catch(() => ({ status: 0 }))).status).not.toBe(101);
    for (const peer of [payer, ...others, idle]) expect(await peer.closed()).toMatchObject({ code: 4200 });
    await closing;
    await waitFor(() => merchant.keys.filter((key) => key === "paymentrequest.create").length === 20);
    const back = await staying.join(`${id}?role=customer`);
    await back.leave();
  });

  it("metrics balance when all have left", async () => {
    const edge = await startTestEdge(nats.url);
    const id = newChannelId();
    const peers = [await edge.join(id), await edge.join(id), await edge.join(newChannelId())];
    expect(await edge.metric("edge_connections")).toBe(3);
    expect(await edge.metric("edge_channels")).toBe(2);
    // One that goes away while its join is still under way counts as well.
    const hasty = new WebSocket(edge.url(id));
    hasty.addEventListener("error", () => undefined);
    hasty.close();
    await delay(0);
    peers[2]?.say("paymentrequest.response", { body: { network: "regtest" } });
    await Promise.all(peers.map((peer) => peer.leave()));
    await waitFor(async () => (await edge.metric("edge_connections")) === 0);
    await waitFor(async () => (await edge.metric("edge_channels")) === 0);
    // The hasty one may come late, and be counted between the two questions.
    await expect
      .poll(async () => {
        const opened = await edge.metric("edge_connections_opened_total");
        return opened - (await edge.metric("edge_connections_closed_total"));
      })
      .toBe(0);
    expect(await edge.metric("edge_frames_received_total")).toBe(1);
  });
});
