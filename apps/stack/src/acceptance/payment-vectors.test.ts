import { nodeCrypto } from "@p4/node-crypto";
import { createHeaderSource } from "@p4/headers";
import { createInMemoryStore } from "@p4/event-store";
import { startMiner } from "@p4/miner";
import { startPayd } from "@p4/payd";
import { isSpvError, verifyPayment } from "@p4/spv";
import { createLogger } from "@p4/telemetry";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDir } from "../test-support/stack-process.ts";
import { withBroker } from "./test-support/broker.ts";
import { isDecided } from "./test-support/decisions.ts";
import { newChannelId, startEdgeServer, type EdgeServer } from "./test-support/edge-server.ts";
import { headerFileOf, messages, published, type VectorCase } from "./test-support/vectors.ts";
import type { Wallet } from "./test-support/wallet.ts";

const broker = withBroker();
const dir = testDir(afterAll);
const headerFile = join(dir, "headers.txt");
let server: EdgeServer;
beforeAll(async () => {
  writeFileSync(headerFile, headerFileOf());
  server = await startEdgeServer(broker.url);
});

const cases = (messages.cases as VectorCase[]).filter(({ group }) => group === "payment");
const byName = (name: string) => cases.find((each) => each.name === name) as VectorCase;
/** These rules are no arithmetic over transactions: only a merchant with invoices and a clock has them. */
const merchantsOwn = ["payment-expired", "payment-payment-reference-of-other-invoice"];
/** A merchant that asks for what the vector asks for and judges as payd does: by `verifyPayment`. */
async function joinMerchant(channelId: string, { input }: VectorCase): Promise<Wallet> {
  const merchant = await server.join(`${channelId}?role=merchant&dialect=p4`);
  const { destinations, fees, ancestryRequired } = input.request;
  const rules = {
    outputs: destinations.outputs.map(({ script, amount }: { script: string; amount: number }) => ({
      script,
      satoshis: BigInt(amount),
    })),
    feeRate: fees.standard.miningFee,
    ancestryRequired,
    headers: createHeaderSource({ kind: "file", path: headerFile }, { timeoutMs: 5_000 }),
    crypto: nodeCrypto,
  };
  merchant.socket.addEventListener("message", () => {
    const frame = merchant.frames.at(-1);
    if (frame?.["key"] !== "payment") return;
    void verifyPayment(JSON.stringify(frame["body"]), rules)
      .then(
        ({ transaction }) => ({ tx_id: transaction.txid, error: 0 }),
        (error: unknown) => ({ memo: isSpvError(error) ? error.code : String(error), error: 1 }),
      )
      .then((body) => merchant.send({ key: "payment.ack", correlationID: frame["correlationID"], body }));
  });
  return merchant;
}

/** The edge judges no payment: all that is refused is refused by the merchant. */
type Outcome = { readonly refused: "edge" | "merchant"; readonly why: string } | { readonly txid: string };

const accepts = ({ name, expected }: VectorCase) =>
  expected.verdict === "accept" || (name === "payment-merchant-data-missing" && isDecided(name));

function expectVerdict(testCase: VectorCase, outcome: Outcome): void {
  if (accepts(testCase)) {
    const txid = testCase.expected.txid ?? messages.transactions.T.txid;
    expect(outcome).toEqual({ txid });
  } else {
    expect(outcome).toMatchObject({ refused: "merchant", why: expect.stringMatching(/^SPV_/) });
  }
}

describe("the payment cases of dpp-messages.json", () => {
  const judged = cases.filter(({ name }) => !merchantsOwn.includes(name));

  it("judges 16, two of them by payd alone", () => {
    expect(cases).toHaveLength(16);
    expect(judged).toHaveLength(14);
  });

  it.each(judged)("$name over the bridge", async (testCase) => {
    const channelId = newChannelId();
    await joinMerchant(channelId, testCase);
    const answer = await server.post(`/api/v1/payment/${channelId}`, JSON.stringify(testCase.input.payment));
    const body = JSON.parse(answer.text) as Record<string, never>;
    const outcomes: Record<number, Outcome> = {
      201: { txid: body["tx_id"] ?? "" },
      422: { refused: "merchant", why: body["memo"] ?? "" },
      400: { refused: "edge", why: answer.text },
    };
    expectVerdict(testCase, outcomes[answer.status] ?? { refused: "edge", why: String(answer.status) });
  });

  it.each(judged)("$name over a socket", async (testCase) => {
    const channelId = newChannelId();
    await joinMerchant(channelId, testCase);
    const customer = await server.join(`${channelId}?dialect=p4`);
    customer.send({ key: "payment", messageId: "p1", body: testCase.input.payment });
    const { error, memo, tx_id: txid } = (await customer.hear("payment.ack"))["body"];
    expectVerdict(testCase, error === 0 ? { txid } : { refused: "merchant", why: memo });
  });

  it.each(published.beef as VectorCase[])("published BEEF $name: its transaction is the payment", async (each) => {
    const channelId = newChannelId();
    const merchant = await server.join(`${channelId}?role=merchant&dialect=p4`);
    const path = `/api/v1/payment/${channelId}`;
    const early = await server.post(path, JSON.stringify({ rawTx: each.input.beef }), { prefer: "wait=0" });
    expect(early.status).toBe(202);
    await merchant.hear("payment");
    merchant.send({ key: "payment.ack", body: { error: 0, tx_id: each.expected.txid } });
    // The same transaction in another member is the same payment: answered, and not heard again.
    const again = await server.post(path, JSON.stringify({ ancestry: each.input.beef }));
    expect(again).toMatchObject({ status: 201, text: JSON.stringify({ error: 0, tx_id: each.expected.txid }) });
    expect(merchant.keys.filter((key) => key === "payment")).toHaveLength(1);
  });
});

/** Its scripts come from keys of its own, so it can refuse the vectors' payments, but never be paid by them. */
describe("the same payments to a real payd, which refuses each for its own reason", () => {
  let nowMs = Date.now();
  let payd: { readonly url: string };
  beforeAll(async () => {
    const miner = await startMiner({ host: "127.0.0.1", port: 0, dataDir: join(dir, "miner"), log: () => undefined });
    afterAll(() => miner.close());
    const started = await startPayd({
      host: "127.0.0.1",
      port: 0,
      socketUrl: server.socketUrl,
      callbackUrl: server.httpUrl,
      minerUrl: miner.url,
      headers: createHeaderSource({ kind: "miner", url: miner.url }, { timeoutMs: 5_000 }),
      documents: createInMemoryStore().documents("payd"),
      dataDir: join(dir, "payd"),
      logger: createLogger({ level: "silent", name: "payd" }),
      now: () => nowMs,
    });
    afterAll(() => started.close());
    payd = started;
  });

  /** An invoice whose channel payd attends. */
  async function openInvoice(): Promise<string> {
    const post = (path: string, body: string | null = null) =>
      fetch(`${payd.url}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body });
    const invoice = (await (await post("/api/v1/invoices", '{"satoshis":1000}')).json()) as { id: string };
    expect((await post(`/connect/${invoice.id}`)).ok).toBe(true);
    return invoice.id;
  }

  async function pay(invoiceId: string, { input }: VectorCase) {
    const text = JSON.stringify(input.payment).replaceAll("inv0000001", invoiceId);
    const answer = await server.post(`/api/v1/payment/${invoiceId}`, text);
    return { status: answer.status, ack: JSON.parse(answer.text) as { error?: number; memo?: string } };
  }

  it.each([
    ["payment-raw-tx-empty", /no transaction/],
    ["payment-raw-tx-not-hex", /rawTx: must be hexadecimal/],
    ["payment-raw-tx-odd", /rawTx: must be hexadecimal/],
    ["payment-raw-tx-truncated", /no transaction/],
    ["payment-raw-tx-trailing-byte", /no transaction/],
    ["payment-one-satoshi-short", /outputs: none pays 1000/],
  ])("%s", async (name, memo) => {
    const { status, ack } = await pay(await openInvoice(), byName(name));
    expect({ status, ack }).toMatchObject({ status: 422, ack: { error: 1, memo: expect.stringMatching(memo) } });
  });

  it("payment-payment-reference-of-other-invoice", async () => {
    const { status, ack } = await pay(await openInvoice(), byName("payment-payment-reference-of-other-invoice"));
    expect({ status, ack }).toMatchObject({
      status: 422,
      ack: { error: 5, memo: "the payment names another invoice" },
    });
  });

  it("payment-expired", async () => {
    const invoiceId = await openInvoice();
    nowMs += 3_600_000;
    const { status, ack } = await pay(invoiceId, byName("payment-expired"));
    nowMs -= 3_600_000;
    expect({ status, ack }).toMatchObject({ status: 422, ack: { error: 2, memo: "the invoice has expired" } });
  });
});
