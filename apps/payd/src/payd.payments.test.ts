import { describe, expect, test } from "vitest";
import { InvoiceRepository } from "./invoice/invoice-repository.ts";
import { success } from "./test-support/scripted-miner.ts";
import { eventually, useWallet } from "./test-support/wallet-harness.ts";

const wallet = useWallet();

describe("payment", () => {
  test("is stored, broadcast with a callback, acknowledged, and proved", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { txid, body } = await wallet.coins.pay(outputs);
    const ack = await wallet.ask(id, "payment", body, "pay-1");
    expect(ack.key).toBe("payment.ack");
    expect(ack.body).toMatchObject({ id, tx_id: txid, payment: body, peer_channel: { host: "" } });
    expect(ack.body).not.toHaveProperty("error");
    expect(wallet.miner.submissions).toEqual([
      {
        rawtx: body.rawTx,
        callbackUrl: `http://proofs.example/proofs/${txid}?i=${id}`,
        callbackToken: "Bearer a-callback-token",
        merkleProof: true,
        merkleFormat: "TSC",
        dsCheck: true,
      },
    ]);
    await wallet.inState(id, "paid");

    wallet.server.send(id, "proof.create", JSON.parse(wallet.coins.proofOf(txid)));
    const proved = await wallet.inState(id, "proved");
    expect(proved.proofs).toMatchObject([{ headerConfirmed: true }]);
  });

  test("repeated is acknowledged alike and broadcast once", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { body } = await wallet.coins.pay(outputs);
    const first = await wallet.ask(id, "payment", body, "pay-1");
    const second = await wallet.ask(id, "payment", body, "pay-2");
    expect(second.body).toEqual(first.body);
    expect(wallet.miner.submissions).toHaveLength(1);
  });

  test("sent twice at the same moment is broadcast once", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { body } = await wallet.coins.pay(outputs);
    const [first, second] = await Promise.all([
      wallet.ask(id, "payment", body, "pay-1"),
      wallet.ask(id, "payment", body, "pay-2"),
    ]);
    expect(first.body).toEqual(second.body);
    expect(wallet.miner.submissions).toHaveLength(1);
  });

  test("of another transaction is refused once the invoice is paid", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    await wallet.ask(id, "payment", (await wallet.coins.pay(outputs)).body, "pay-1");
    const other = await wallet.ask(id, "payment", (await wallet.coins.pay(outputs)).body, "pay-2");
    expect(other.body).toMatchObject({ error: 3, memo: expect.stringContaining("already paid") as string });
  });

  test("that the miner refuses is refused alike when repeated, and another one may pay", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { body } = await wallet.coins.pay(outputs);
    wallet.miner.replies = [
      { payload: { returnResult: "failure", resultDescription: "txn-mempool-conflict" } },
      success,
    ];
    const refused = await wallet.ask(id, "payment", body, "pay-1");
    expect(refused.body).toMatchObject({ error: 4, memo: expect.stringContaining("txn-mempool-conflict") as string });
    const again = await wallet.ask(id, "payment", body, "pay-2");
    expect(again.body).toEqual(refused.body);
    expect(wallet.miner.submissions).toHaveLength(1);
    const other = await wallet.ask(id, "payment", (await wallet.coins.pay(outputs)).body, "pay-3");
    expect(other.body).not.toHaveProperty("error");
  });

  test("is not refused while the miner is away: payment.error, then the same one works", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { txid, body } = await wallet.coins.pay(outputs);
    wallet.miner.replies = [{ response: { status: 503 } }];
    // The fees are promised before the miner goes away.
    const failed = await wallet.ask(id, "payment", body, "pay-1");
    expect(failed.key).toBe("payment.error");
    expect(failed.body).toMatchObject({ code: "PAYD_MINER_UNAVAILABLE" });
    expect(wallet.miner.submissions.length).toBeGreaterThan(1);
    expect(await wallet.read(id)).toMatchObject({ state: "paymentReceived", payment: { txid } });

    const other = await wallet.ask(id, "payment", (await wallet.coins.pay(outputs)).body, "pay-2");
    expect(other.body).toMatchObject({ code: "PAYD_PAYMENT_PENDING" });

    wallet.miner.replies = [success];
    const paid = await wallet.ask(id, "payment", body, "pay-3");
    expect(paid.key).toBe("payment.ack");
    expect(paid.body).not.toHaveProperty("error");
  });

  test("whose broadcast had no answer is broadcast by itself once the miner is back, without the customer", async () => {
    await wallet.start({ resumeRetryMs: 1 });
    const { id, outputs } = await wallet.createConnected();
    const { txid, body } = await wallet.coins.pay(outputs);
    wallet.miner.replies = [{ response: { status: 503 } }];
    expect((await wallet.ask(id, "payment", body, "pay-1")).key).toBe("payment.error");
    wallet.miner.replies = [success];
    expect(await wallet.inState(id, "broadcast")).toMatchObject({ payment: { txid } });
    expect((await wallet.ask(id, "payment", body, "pay-2")).body).not.toHaveProperty("error");
    await wallet.inState(id, "paid");
  });

  test("is not refused while the headers cannot be looked up", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { body } = await wallet.coins.pay(outputs);
    wallet.coins.headersAvailable = false;
    const failed = await wallet.ask(id, "payment", body, "pay-1");
    expect(failed.key).toBe("payment.error");
    expect(failed.body).toMatchObject({ code: "PAYD_HEADERS_UNAVAILABLE" });
    wallet.coins.headersAvailable = true;
    expect((await wallet.ask(id, "payment", body, "pay-2")).body).not.toHaveProperty("error");
  });

  test("after the invoice has expired is refused", async () => {
    let nowMs = Date.now();
    await wallet.start({ now: () => nowMs });
    const { id, outputs } = await wallet.createConnected();
    nowMs += 3_600_000;
    const answer = await wallet.ask(id, "payment", (await wallet.coins.pay(outputs)).body, "pay-1");
    expect(answer.body).toMatchObject({ error: 2 });
    expect(await wallet.read(id)).toMatchObject({ state: "pending", expired: true });
  });

  type Changed = (body: { rawTx: string; ancestry: string; memo: string }) => object | null;
  test.each<[string, Changed, number, string]>([
    ["without a body", () => null, 1, "is missing"],
    ["without a transaction", () => ({ memo: "cash" }), 1, "has none of modeId, mode, transaction, rawTx"],
    ["with a transaction cut short", (body) => ({ ...body, rawTx: body.rawTx.slice(0, -2) }), 1, "no transaction"],
    ["with a transaction in base64", (body) => ({ ...body, rawTx: "AQA=" }), 1, "rawTx: must be hexadecimal"],
    ["with digits that are not hex", (body) => ({ ...body, rawTx: "zz" }), 1, "hexadecimal"],
    ["without its ancestors", ({ rawTx }) => ({ rawTx }), 1, "ancestry"],
    [
      "for another invoice",
      (body) => ({ ...body, merchantData: { extendedData: { paymentReference: "another1" } } }),
      5,
      "another invoice",
    ],
  ])("%s is refused", async (_name, change, error, memo) => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { body } = await wallet.coins.pay(outputs);
    const answer = await wallet.ask(id, "payment", change(body), "pay-1");
    expect(answer.key).toBe("payment.ack");
    expect(answer.body).toMatchObject({ error, memo: expect.stringContaining(memo) as string });
    expect(wallet.miner.submissions).toHaveLength(0);
    expect((await wallet.read(id)).state).toBe("pending");
  });

  test.each<
    [string, (output: { script: string; satoshis: number }) => { script: string; satoshis: number }, number, string]
  >([
    ["one satoshi short", ({ script, satoshis }) => ({ script, satoshis: satoshis - 1 }), 50, "outputs"],
    ["to another script", ({ satoshis }) => ({ script: "51", satoshis }), 50, "outputs"],
    ["without a fee", (output) => output, 0, "fee"],
  ])("%s is refused", async (_name, change, fee, memo) => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { body } = await wallet.coins.pay(outputs.map(change), fee);
    const answer = await wallet.ask(id, "payment", body, "pay-1");
    expect(answer.body).toMatchObject({ error: 1, memo: expect.stringContaining(memo) as string });
    expect(wallet.miner.submissions).toHaveLength(0);
  });
});

test("a payment that came in time is taken although its check outlasts the time, and nothing was told of an end", async () => {
  let nowMs = Date.now();
  let isAsked = false;
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const headers: typeof wallet.coins.headers = {
    async lookup(claim) {
      isAsked = true;
      await answered;
      return wallet.coins.headers.lookup(claim);
    },
  };
  await wallet.start({ now: () => nowMs, headers });
  const { id, outputs } = await wallet.createConnected();
  const { id: unpaid } = await wallet.createInvoice();
  const { body } = await wallet.coins.pay(outputs);
  wallet.server.send(id, "payment", body, "pay-1");
  await eventually(() => expect(isAsked).toBe(true));
  nowMs += 3_600_001;
  const invoices = new InvoiceRepository(wallet.documents);
  await eventually(async () => expect((await invoices.get(unpaid))?.expiredAtMs).toBe(nowMs));
  expect(await wallet.read(id)).toMatchObject({ state: "pending", status: "pending", expired: false });
  const page = await fetch(`${wallet.url}/i/${id}`);
  expect(await page.json()).toMatchObject({ status: "pending" });
  const listed = (await (await fetch(`${wallet.url}/api/v1/invoices?status=expired`)).json()) as { id: string }[];
  expect(listed.map((invoice) => invoice.id)).toEqual([unpaid]);
  answer();
  await wallet.inState(id, "paid");
  const told = (await invoices.get(id))?.events.map(({ type }) => type);
  expect(told).toEqual(["invoice.created", "invoice.broadcast", "invoice.paid"]);
});

test("an invoice that the shop was told has expired is not paid any more, also when the clock is set back", async () => {
  let nowMs = Date.now();
  await wallet.start({ now: () => nowMs });
  const { id, outputs } = await wallet.createConnected();
  nowMs += 3_600_001;
  const invoices = new InvoiceRepository(wallet.documents);
  await eventually(async () => expect((await invoices.get(id))?.expiredAtMs).toBe(nowMs));
  nowMs -= 3_600_001;
  expect(await wallet.read(id)).toMatchObject({ status: "expired" });
  const ack = await wallet.ask(id, "payment", (await wallet.coins.pay(outputs)).body, "pay-1");
  expect(ack.body).toMatchObject({ error: 2 });
  expect(wallet.miner.submissions).toEqual([]);
});
