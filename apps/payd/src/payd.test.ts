import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInMemoryStore, type DocumentStore } from "@p4/event-store";
import { createLogger } from "@p4/telemetry";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startPayd, type Payd } from "./payd.ts";
import type { PaydOptions } from "./payd-options.ts";
import { CustomerCoins, doubleSpendOf } from "./testing/customer-coins.ts";
import { startFakeChannelServer, type FakeChannelServer, type Frame } from "./testing/fake-channel-server.ts";
import { startScriptedMiner, success, type ScriptedMiner } from "./testing/scripted-miner.ts";

interface InvoiceView {
  id: string;
  state: string;
  channel: string;
  expired: boolean;
  paymentUrl: string;
  uri: string;
  outputs: { satoshis: number; script: string }[];
  payment: { txid: string } | null;
  proofs: { blockHash: string; headerConfirmed: boolean }[];
  doubleSpends: { reason: string; txid: string }[];
}

let server: FakeChannelServer;
let miner: ScriptedMiner;
let coins: CustomerCoins;
let documents: DocumentStore;
let dataDir: string;
let payd: Payd | undefined;

beforeEach(async () => {
  server = await startFakeChannelServer();
  miner = await startScriptedMiner();
  coins = new CustomerCoins();
  documents = createInMemoryStore().documents("payd");
  dataDir = mkdtempSync(join(tmpdir(), "p4-payd-"));
});

afterEach(async () => {
  await payd?.close();
  payd = undefined;
  await Promise.all([server.close(), miner.close()]);
  rmSync(dataDir, { recursive: true });
});

async function start(changes: Partial<PaydOptions> = {}): Promise<Payd> {
  payd = await startPayd({
    host: "127.0.0.1",
    port: 0,
    socketUrl: server.url,
    callbackUrl: "http://proofs.example",
    callbackToken: "a-callback-token",
    minerUrl: miner.url,
    headers: coins.headers,
    headerPolicy: "require",
    documents,
    dataDir,
    retry: { firstDelayMs: 1, maxDelayMs: 1, patienceMs: 50 },
    headerRetryDelaysMs: [],
    logger: createLogger({ level: "silent", name: "payd" }),
    ...changes,
  });
  return payd;
}

async function post(path: string, body?: unknown): Promise<Response> {
  return fetch(`${payd?.url}${path}`, { method: "POST", ...(body !== undefined && { body: JSON.stringify(body) }) });
}

const read = async (id: string): Promise<InvoiceView> =>
  (await (await fetch(`${payd?.url}/api/v1/invoices/${id}`)).json()) as InvoiceView;

async function createConnected(satoshis = 1_000): Promise<InvoiceView> {
  const invoice = (await (await post("/api/v1/invoices", { satoshis, memo: "tea" })).json()) as InvoiceView;
  expect((await post(`/connect/${invoice.id}`)).status).toBe(204);
  return invoice;
}

/** Sends one message to the wallet and returns its answer to that message. */
async function ask(id: string, key: string, body: unknown, messageId: string): Promise<Frame> {
  server.send(id, key, body, messageId);
  return vi.waitFor(
    () => {
      const answer = server.frames.find(({ correlationID }) => correlationID === messageId);
      if (answer === undefined) throw new Error(`no answer to ${key}`);
      return answer;
    },
    { timeout: 5_000, interval: 5 },
  );
}

const inState = (id: string, state: string): Promise<InvoiceView> =>
  vi.waitFor(
    async () => {
      const invoice = await read(id);
      expect(invoice.state).toBe(state);
      return invoice;
    },
    { timeout: 5_000, interval: 5 },
  );

describe("invoices", () => {
  test("are created with what a till shows, listed and read", async () => {
    await start({ publicSocketUrl: "wss://pay.example" });
    const created = await post("/api/v1/invoices", { satoshis: 1_000, memo: "tea", expiresIn: "15m" });
    expect(created.status).toBe(201);
    const invoice = (await created.json()) as InvoiceView;
    expect(created.headers.get("location")).toBe(`/api/v1/invoices/${invoice.id}`);
    expect(invoice.id).toMatch(/^[A-Za-z0-9]{8,20}$/);
    // The expression with which PayD recognises a payment URL.
    expect(invoice.paymentUrl).toMatch(/^(wss?:\/\/[a-zA-Z0-9-_.:/]+\/ws)\/([a-zA-Z0-9]{6,})$/);
    expect(invoice.uri).toBe(`bitcoin:?sv&r=${encodeURIComponent(`wss://pay.example/ws/${invoice.id}`)}`);
    expect(invoice.state).toBe("pending");
    const second = (await (await post("/api/v1/invoices", { satoshis: 2_000 })).json()) as InvoiceView;
    expect(second.outputs[0]?.script).not.toBe(invoice.outputs[0]?.script);
    const list = (await (await fetch(`${payd?.url}/api/v1/invoices`)).json()) as InvoiceView[];
    expect(list.map(({ id }) => id).sort()).toEqual([invoice.id, second.id].sort());
    expect(await read(invoice.id)).toEqual(invoice);
  });

  test.each([
    [{}, "satoshis"],
    [{ satoshis: 0 }, "satoshis"],
    [{ satoshis: 1.5 }, "satoshis"],
    [{ satoshis: "1" }, "satoshis"],
    [{ satoshis: 1, memo: 5 }, "memo"],
    [{ satoshis: 1, expiresIn: "soon" }, "expiresIn"],
    [{ satoshis: 1, expiresIn: 0 }, "expiresIn"],
    [{ satoshis: 1, tip: 5 }, "tip"],
    [[], "body"],
  ])("%j is refused and the member named", async (body, member) => {
    await start();
    const response = await post("/api/v1/invoices", body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { detail: string }).detail).toContain(`${member}:`);
  });

  test("an unknown one is 404", async () => {
    await start();
    for (const id of ["nosuchinvoice", "no.such", "%2e%2e"]) {
      expect((await fetch(`${payd?.url}/api/v1/invoices/${id}`)).status).toBe(404);
    }
  });
});

describe("connect", () => {
  test("joins as the merchant, once, and answers as documented and as deployed", async () => {
    await start();
    const { id } = await createConnected();
    const deployed = await post(`/api/v1/socket/connect/${id}`);
    expect(deployed.status).toBe(201);
    expect(server.joins.map(({ channelId }) => channelId)).toEqual([id]);
    expect(server.joins[0]?.query.get("internal")).toBe("true");
    expect((await read(id)).channel).toBe("joined");
  });

  test("is 500 for an unknown invoice and for a server that is away", async () => {
    await start({ socketUrl: "ws://127.0.0.1:1", joinTimeoutMs: 50 });
    expect((await post("/connect/nosuchinvoice")).status).toBe(500);
    const { id } = (await (await post("/api/v1/invoices", { satoshis: 1 })).json()) as InvoiceView;
    expect((await post(`/connect/${id}`)).status).toBe(500);
  });
});

describe("payment request", () => {
  test("has go-dpp's form and stays the same when the fees change", async () => {
    await start();
    const invoice = await createConnected();
    const first = await ask(invoice.id, "paymentrequest.create", null, "ask-1");
    expect(first.key).toBe("paymentrequest.response");
    expect(first.body).toMatchObject({
      network: "regtest",
      ancestryRequired: true,
      destinations: { outputs: [{ amount: 1_000, script: invoice.outputs[0]?.script, description: "tea" }] },
      paymentUrl: invoice.paymentUrl,
      memo: "tea",
      merchantData: { extendedData: { paymentReference: invoice.id } },
      fees: { standard: { miningFee: { satoshis: 50, bytes: 1000 } } },
    });
    miner.quote = { status: 503 };
    const second = await ask(invoice.id, "paymentrequest.create", null, "ask-2");
    expect(second.body).toEqual(first.body);
  });

  test("fails aloud while the miner gives no quote", async () => {
    await start();
    const { id } = await createConnected();
    miner.quote = { status: 503 };
    const answer = await ask(id, "paymentrequest.create", null, "ask-1");
    expect(answer.key).toBe("paymentrequest.error");
    expect(answer.body).toMatchObject({ id, code: "PAYD_MINER_UNAVAILABLE" });
  });
});

describe("payment", () => {
  test("is stored, broadcast with a callback, acknowledged, and proved", async () => {
    await start();
    const { id, outputs } = await createConnected();
    const { txid, body } = await coins.pay(outputs);
    const ack = await ask(id, "payment", body, "pay-1");
    expect(ack.key).toBe("payment.ack");
    expect(ack.body).toMatchObject({ id, tx_id: txid, payment: body, peer_channel: { host: "" } });
    expect(ack.body).not.toHaveProperty("error");
    expect(miner.submissions).toEqual([
      {
        rawtx: body.rawTx,
        callbackUrl: `http://proofs.example/proofs/${txid}?i=${id}`,
        callbackToken: "Bearer a-callback-token",
        merkleProof: true,
        merkleFormat: "TSC",
        dsCheck: true,
      },
    ]);
    await inState(id, "paid");

    server.send(id, "proof.create", JSON.parse(coins.proofOf(txid)));
    const proved = await inState(id, "proved");
    expect(proved.proofs).toMatchObject([{ headerConfirmed: true }]);
  });

  test("repeated is acknowledged alike and broadcast once", async () => {
    await start();
    const { id, outputs } = await createConnected();
    const { body } = await coins.pay(outputs);
    const first = await ask(id, "payment", body, "pay-1");
    const second = await ask(id, "payment", body, "pay-2");
    expect(second.body).toEqual(first.body);
    expect(miner.submissions).toHaveLength(1);
  });

  test("of another transaction is refused once the invoice is paid", async () => {
    await start();
    const { id, outputs } = await createConnected();
    await ask(id, "payment", (await coins.pay(outputs)).body, "pay-1");
    const other = await ask(id, "payment", (await coins.pay(outputs)).body, "pay-2");
    expect(other.body).toMatchObject({ error: 3, memo: expect.stringContaining("already paid") as string });
  });

  test("that the miner refuses is refused alike when repeated, and another one may pay", async () => {
    await start();
    const { id, outputs } = await createConnected();
    const { body } = await coins.pay(outputs);
    miner.replies = [{ payload: { returnResult: "failure", resultDescription: "txn-mempool-conflict" } }, success];
    const refused = await ask(id, "payment", body, "pay-1");
    expect(refused.body).toMatchObject({ error: 4, memo: expect.stringContaining("txn-mempool-conflict") as string });
    const again = await ask(id, "payment", body, "pay-2");
    expect(again.body).toEqual(refused.body);
    expect(miner.submissions).toHaveLength(1);
    const other = await ask(id, "payment", (await coins.pay(outputs)).body, "pay-3");
    expect(other.body).not.toHaveProperty("error");
  });

  test("is not refused while the miner is away: payment.error, then the same one works", async () => {
    await start();
    const { id, outputs } = await createConnected();
    const { txid, body } = await coins.pay(outputs);
    miner.replies = [{ response: { status: 503 } }];
    // The fees are promised before the miner goes away.
    const failed = await ask(id, "payment", body, "pay-1");
    expect(failed.key).toBe("payment.error");
    expect(failed.body).toMatchObject({ code: "PAYD_MINER_UNAVAILABLE" });
    expect(miner.submissions.length).toBeGreaterThan(1);
    expect(await read(id)).toMatchObject({ state: "paymentReceived", payment: { txid } });

    const other = await ask(id, "payment", (await coins.pay(outputs)).body, "pay-2");
    expect(other.body).toMatchObject({ code: "PAYD_PAYMENT_PENDING" });

    miner.replies = [success];
    const paid = await ask(id, "payment", body, "pay-3");
    expect(paid.key).toBe("payment.ack");
    expect(paid.body).not.toHaveProperty("error");
  });

  test("is not refused while the headers cannot be looked up", async () => {
    await start();
    const { id, outputs } = await createConnected();
    const { body } = await coins.pay(outputs);
    coins.headersAvailable = false;
    const failed = await ask(id, "payment", body, "pay-1");
    expect(failed.key).toBe("payment.error");
    expect(failed.body).toMatchObject({ code: "PAYD_HEADERS_UNAVAILABLE" });
    coins.headersAvailable = true;
    expect((await ask(id, "payment", body, "pay-2")).body).not.toHaveProperty("error");
  });

  test("after the invoice has expired is refused", async () => {
    let nowMs = Date.now();
    await start({ now: () => nowMs });
    const { id, outputs } = await createConnected();
    nowMs += 3_600_000;
    const answer = await ask(id, "payment", (await coins.pay(outputs)).body, "pay-1");
    expect(answer.body).toMatchObject({ error: 2 });
    expect(await read(id)).toMatchObject({ state: "pending", expired: true });
  });

  type Changed = (body: { rawTx: string; ancestry: string; memo: string }) => object | null;
  test.each<[string, Changed, number, string]>([
    ["without a body", () => null, 1, "is missing"],
    ["without a transaction", () => ({ memo: "no transaction" }), 1, "no transaction"],
    ["with a transaction cut short", (body) => ({ ...body, rawTx: body.rawTx.slice(0, -2) }), 1, "no transaction"],
    ["with digits that are not hex", (body) => ({ ...body, rawTx: "zz" }), 1, "hexadecimal"],
    ["without its ancestors", ({ rawTx }) => ({ rawTx }), 1, "ancestry"],
    [
      "for another invoice",
      (body) => ({ ...body, merchantData: { extendedData: { paymentReference: "another1" } } }),
      5,
      "another invoice",
    ],
  ])("%s is refused", async (_name, change, error, memo) => {
    await start();
    const { id, outputs } = await createConnected();
    const { body } = await coins.pay(outputs);
    const answer = await ask(id, "payment", change(body), "pay-1");
    expect(answer.key).toBe("payment.ack");
    expect(answer.body).toMatchObject({ error, memo: expect.stringContaining(memo) as string });
    expect(miner.submissions).toHaveLength(0);
    expect((await read(id)).state).toBe("pending");
  });

  test.each<[string, (output: { script: string; satoshis: number }) => { script: string; satoshis: number }, number, string]>([
    ["one satoshi short", ({ script, satoshis }) => ({ script, satoshis: satoshis - 1 }), 50, "outputs"],
    ["one satoshi over", ({ script, satoshis }) => ({ script, satoshis: satoshis + 1 }), 50, "outputs"],
    ["to another script", ({ satoshis }) => ({ script: "51", satoshis }), 50, "outputs"],
    ["without a fee", (output) => output, 0, "fee"],
  ])("%s is refused", async (_name, change, fee, memo) => {
    await start();
    const { id, outputs } = await createConnected();
    const { body } = await coins.pay(outputs.map(change), fee);
    const answer = await ask(id, "payment", body, "pay-1");
    expect(answer.body).toMatchObject({ error: 1, memo: expect.stringContaining(memo) as string });
    expect(miner.submissions).toHaveLength(0);
  });
});

describe("proofs", () => {
  async function paid(): Promise<{ id: string; txid: string }> {
    const { id, outputs } = await createConnected();
    const { txid, body } = await coins.pay(outputs);
    await ask(id, "payment", body, "pay-1");
    await inState(id, "paid");
    return { id, txid };
  }

  test("of another transaction, or with a broken signature, change nothing", async () => {
    await start();
    const { id, txid } = await paid();
    const tampered = JSON.parse(coins.proofOf(txid, { seed: 2 })) as { payload: string };
    tampered.payload = tampered.payload.replace('"blockHeight":500', '"blockHeight":501');
    server.send(id, "proof.create", JSON.parse(coins.proofOf("55".repeat(32))));
    server.send(id, "proof.create", tampered);
    server.send(id, "proof.create", JSON.parse(coins.proofOf(txid, { seed: 3 })));
    const { proofs } = await inState(id, "proved");
    expect(proofs.map(({ blockHash }) => Number(blockHash))).toEqual([3]);
  });

  test("after a reorganisation are kept beside the first", async () => {
    await start();
    const { id, txid } = await paid();
    server.send(id, "proof.create", JSON.parse(coins.proofOf(txid, { seed: 1 })));
    server.send(id, "proof.create", JSON.parse(coins.proofOf(txid, { seed: 1 })));
    server.send(id, "proof.create", JSON.parse(coins.proofOf(txid, { seed: 2 })));
    await vi.waitFor(async () => expect((await read(id)).proofs).toHaveLength(2));
  });

  test("in a block that is not known settle nothing until it is, also across a restart", async () => {
    await start();
    const { id, txid } = await paid();
    server.send(id, "proof.create", JSON.parse(coins.proofOf(txid, { known: false })));
    await vi.waitFor(async () => expect((await read(id)).proofs).toMatchObject([{ headerConfirmed: false }]));
    expect((await read(id)).state).toBe("paid");
    await payd?.close();
    coins.proofOf(txid, { known: true });
    await start();
    expect((await inState(id, "proved")).proofs).toMatchObject([{ headerConfirmed: true }]);
  });

  test("of a double spend mark the invoice", async () => {
    await start();
    const { id, txid } = await paid();
    server.send(id, "doublespend.notify", JSON.parse(doubleSpendOf(txid, "66".repeat(32))));
    await vi.waitFor(async () =>
      expect((await read(id)).doubleSpends).toMatchObject([{ reason: "doubleSpendAttempt", txid: "66".repeat(32) }]),
    );
    expect((await read(id)).state).toBe("paid");
  });
});

describe("life", () => {
  test("channel.expired ends the channel: it is not joined again", async () => {
    await start();
    const { id } = await createConnected();
    server.send(id, "channel.expired", null);
    await vi.waitFor(async () => expect((await read(id)).channel).toBe("ended"));
    expect((await post(`/connect/${id}`)).status).toBe(500);
    await payd?.close();
    await start();
    const { id: next } = await createConnected();
    expect(server.joins.map(({ channelId }) => channelId)).toEqual([id, next]);
  });

  test("a restart joins again, finishes a broadcast that was cut short and acknowledges the repeated payment", async () => {
    await start();
    const { id, outputs } = await createConnected();
    const { body } = await coins.pay(outputs);
    miner.replies = [{ response: { status: 503 } }];
    expect((await ask(id, "payment", body, "pay-1")).key).toBe("payment.error");
    await payd?.close();

    miner.replies = [success];
    await start();
    await inState(id, "broadcast");
    await vi.waitFor(() => expect(server.joins.map(({ channelId }) => channelId)).toEqual([id, id]));
    const ack = await ask(id, "payment", body, "pay-2");
    expect(ack.body).not.toHaveProperty("error");
    await inState(id, "paid");
  });

  test("keys survive a restart and their file is the owner's alone", async () => {
    await start();
    await createConnected();
    const file = join(dataDir, "master.key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await payd?.close();
    // The same index again, in a store that knows of none, is the same key.
    const first = await documents.get("next-key-index");
    documents = createInMemoryStore().documents("payd");
    await start();
    const { outputs } = await createConnected();
    await payd?.close();
    expect(first).not.toBeNull();
    documents = createInMemoryStore().documents("payd");
    await start();
    expect((await createConnected()).outputs).toEqual(outputs);
  });

  test("serves its operators", async () => {
    await start();
    await createConnected();
    expect((await fetch(`${payd?.url}/livez`)).status).toBe(200);
    expect((await fetch(`${payd?.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${payd?.url}/metrics`)).text()).toMatch(/p4_payd_channels\{app="payd"\} 1/);
  });
});
