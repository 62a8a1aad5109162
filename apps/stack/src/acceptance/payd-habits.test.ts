import { loadConfig } from "@p4/config";
import { startExpiry } from "@p4/expiry";
import { createLogger } from "@p4/telemetry";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { withBroker } from "./test-support/broker.ts";
import { newChannelId, startEdgeServer, type EdgeServer } from "./test-support/edge-server.ts";
import { opcodes, RawWallet } from "./test-support/raw-wallet.ts";
import { goFrame, type Spoken } from "./test-support/spoken.ts";
import { messages } from "./test-support/vectors.ts";
import { goClient, headerOf, Wallet } from "./test-support/wallet.ts";

/** What deployed wallets do, and a server has to live with: the last section of the notes on the reference. */
const broker = withBroker();
let server: EdgeServer;
beforeAll(async () => {
  server = await startEdgeServer(broker.url);
});

const rawTx = String(messages.transactions.T.rawTx);

/** PayD's frames: no correlation id, an origin of its own, the Go library's shape. */
function say(wallet: Wallet, channelId: string, key: string, body: string, more: Partial<Spoken> = {}): string {
  const spoken: Spoken = {
    key,
    messageId: crypto.randomUUID(),
    correlationId: "",
    body,
    timestamp: "2026-11-23T00:03:51.213719526Z",
    expiration: null,
    headers: { "X-Origin-Id": ["merchant-uuid"] },
    appId: "payd",
    ...more,
  };
  wallet.send(goFrame(spoken, channelId, ""));
  return spoken.messageId;
}

/** How many messages and joins the log has taken from this edge's point of view. */
async function metric(edge: EdgeServer, name: string): Promise<number> {
  const { text } = await edge.get("/metrics");
  const lines = text.split("\n").filter((line) => line.startsWith(`p4_${name}{`) || line.startsWith(`p4_${name} `));
  expect(lines).not.toEqual([]);
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

/** A channel's events so far, as operators and SSE clients count them. */
async function eventCount(edge: EdgeServer, channelId: string): Promise<number> {
  const reader = await edge.join(`${channelId}?dialect=p4`);
  const sequence = Number(headerOf(reader.frames[0] ?? {}, "x-p4-sequence"));
  await reader.leave();
  return sequence;
}

describe("PayD", () => {
  it("looks in at the health channel every other second: greeted each time, nothing kept", async () => {
    const before = await metric(server, "edge_channels");
    for (let round = 0; round < 5; round++) {
      const probe = await server.join("health?internal=true", [], goClient);
      expect(probe.frames[0]).toMatchObject({ type: "join.success", channelId: "health", expiration: null });
      say(probe, "health", "my-dpp", "null");
      await probe.leave();
      expect(probe.keys).toEqual(["join.success"]);
    }
    expect(await metric(server, "edge_channels")).toBe(before);
    // No channel: it cannot be asked for payment.
    expect(await server.get("/api/v1/payment/health")).toMatchObject({ status: 404 });
  });

  it("knows its own messages by X-Origin-Id, which survives in both directions", async () => {
    const id = newChannelId();
    const merchant = await server.join(`${id}?internal=true`, [], goClient);
    const customer = await server.join(id);
    say(customer, id, "paymentrequest.create", "null", { headers: { "X-Origin-Id": ["customer-uuid"] } });
    expect((await merchant.hear("paymentrequest.create"))["headers"]).toMatchObject({
      "X-Origin-Id": ["customer-uuid"],
    });
    say(merchant, id, "paymentrequest.response", '{"network":"regtest"}');
    expect((await customer.hear("paymentrequest.response"))["headers"]).toMatchObject({
      "X-Origin-Id": ["merchant-uuid"],
    });
  });

  it("drops its channel every six minutes: what was said meanwhile is there when it is back", async () => {
    const id = newChannelId();
    const merchant = await server.join(`${id}?internal=true`, [], goClient);
    const customer = await server.join(`${id}?dialect=dpp`);
    // As its read deadline ends a connection: no goodbye that the server could have waited for.
    await merchant.leave();
    say(customer, id, "paymentrequest.create", "null");
    const back = await server.join(`${id}?internal=true`, [], goClient);
    await back.hear("paymentrequest.create");
    say(back, id, "paymentrequest.response", '{"network":"regtest"}');
    await customer.hear("paymentrequest.response");
    await back.leave();
    say(customer, id, "payment", `{"rawTx":"${rawTx}"}`, { messageId: "pay-1" });
    const again = await server.join(`${id}?internal=true`, [], goClient);
    expect(await again.hear("payment")).toMatchObject({ messageId: "pay-1" });
    expect(again.keys).toEqual(["join.success", "payment"]);
    expect(customer.keys).not.toContain("error");
  });

  it("is not asked twice: a repeated payment gets the stored ack, which passes with peer_channel null", async () => {
    const id = newChannelId();
    const merchant = await server.join(`${id}?internal=true`, [], goClient);
    const customer = await server.join(`${id}?dialect=dpp`);
    const body = `{"rawTx":"${rawTx}","merchantData":{"extendedData":{"paymentReference":"${id}"}}}`;
    say(customer, id, "payment", body);
    await merchant.hear("payment");
    const ack = '{"id":"","tx_id":"","memo":"","peer_channel":null}';
    say(merchant, id, "payment.ack", ack);
    expect(await customer.hearText("payment.ack")).toContain(`"body":${ack},`);
    // Its retry is a new message with the same transaction.
    say(customer, id, "payment", body);
    expect(await customer.hearText("payment.ack", 2)).toContain(`"body":${ack},`);
    expect(merchant.keys).toEqual(["join.success", "payment"]);
    const bridged = await server.post(`/api/v1/payment/${id}`, body);
    expect(bridged).toMatchObject({ status: 201, text: ack });
  });

  it("rejoins paid invoices every ten seconds: told the state, asked nothing; once proven, nothing is stored", async () => {
    const id = newChannelId();
    const merchant = await server.join(`${id}?internal=true`, [], goClient);
    const customer = await server.join(`${id}?dialect=dpp`);
    say(customer, id, "payment", `{"rawTx":"${rawTx}"}`);
    await merchant.hear("payment");
    say(merchant, id, "payment.ack", '{"error":0}');
    await customer.hear("payment.ack");
    await merchant.leave();
    const rejoin = async (state: string, ...pending: string[]): Promise<number> => {
      const again = await server.join(`${id}?internal=true`, [], goClient);
      const [greeting = {}] = again.frames;
      expect([headerOf(greeting, "x-p4-role"), headerOf(greeting, "x-p4-state")]).toEqual(["merchant", state]);
      await again.leave();
      expect(again.keys).toEqual(["join.success", ...pending]);
      return Number(headerOf(greeting, "x-p4-sequence"));
    };
    for (let round = 0; round < 5; round++) await rejoin("awaitingProof");
    const { txid } = messages.transactions.T;
    const body = JSON.stringify(messages.proofEnvelope);
    expect(await server.post(`/proofs/${String(txid)}?i=${id}`, body)).toMatchObject({ status: 201 });
    // The proof came while it was away; a wallet does not say that it has it, so each join brings it.
    const proven = await rejoin("settled", "proof.create");
    for (let round = 0; round < 5; round++) expect(await rejoin("settled", "proof.create")).toBe(proven);
  });

  it("rejoins dead invoices: the end at once, 4000, and nothing stored", async () => {
    const brief = await startEdgeServer(broker.url, { P4_CHANNEL_TTL: "1s" });
    const config = loadConfig({ P4_SHARDS: "2", P4_LOG_LEVEL: "silent" });
    const logger = createLogger({ level: "silent", name: "expiry" });
    const expiry = await startExpiry({ config, logger, natsUrl: broker.url });
    afterAll(() => expiry.close());
    const id = newChannelId();
    const merchant = await brief.join(`${id}?internal=true`, [], goClient);
    await merchant.hear("channel.expired");
    expect(await merchant.closed()).toBe(4000);
    const sequence = await eventCount(brief, id);
    for (let round = 0; round < 5; round++) {
      const again = new Wallet(`${brief.socketUrl}/ws/${id}?internal=true`, [], goClient);
      expect(await again.closed()).toBe(4000);
      expect(again.keys).toEqual(["join.success", "channel.expired"]);
      expect(headerOf(again.frames[0] ?? {}, "x-p4-state")).toBe("expired");
    }
    expect(await eventCount(brief, id)).toBe(sequence);
    // None of them stays behind.
    await vi.waitFor(async () => expect(await metric(brief, "edge_connections")).toBe(0));
  });

  it("may ping: each ping is answered with its own payload", async () => {
    const wallet = await RawWallet.join(server.httpUrl, `/ws/${newChannelId()}?internal=true`);
    const payload = Buffer.from("beat-1");
    wallet.send(opcodes.ping, payload);
    await wallet.receives(Buffer.concat([Buffer.from([0x80 | opcodes.pong, payload.length]), payload]));
  });
});
