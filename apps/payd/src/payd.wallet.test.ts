import { Transaction } from "@bsv/sdk";
import { describe, expect, test } from "vitest";
import { doubleSpendOf, unsignedNews } from "./test-support/customer-coins.ts";
import { feeOf, sealed, success } from "./test-support/scripted-miner.ts";
import { eventually, type InvoiceView, useWallet } from "./test-support/wallet-harness.ts";
import { address, addressScript, type PayoutView, sourcesOf, WalletMoney } from "./test-support/wallet-money.ts";

const wallet = useWallet();
const money = new WalletMoney(wallet);
const paidInvoice = money.paidInvoice.bind(money);
const refund = money.refund.bind(money);
const balance = money.balance.bind(money);

describe("a refund", () => {
  test("is a transaction of the wallet's own coins, broadcast and noted on the invoice", async () => {
    await wallet.start();
    const { id } = await paidInvoice();
    const [status, payout] = await refund(id, { satoshis: 4_000, reason: "one cup was cold" });
    expect([status, payout]).toMatchObject([201, { state: "broadcast", satoshis: 4_000, script: addressScript }]);
    expect(wallet.miner.submissions.at(-1)?.rawtx).toBe(payout.rawTx);
    const [first, change] = Transaction.fromHex(payout.rawTx).outputs;
    expect([first?.satoshis, first?.lockingScript.toHex()]).toEqual([4_000, addressScript]);
    expect(change?.satoshis).toBe(6_000 - payout.feeSatoshis);
    const { txid, feeSatoshis } = payout;
    expect(await wallet.read(id)).toMatchObject({ refunds: [{ txid, satoshis: 4_000, feeSatoshis }] });
    // The change is the wallet's, and can be spent: its key is in the same tree.
    expect(await balance()).toBe(6_000 - feeSatoshis);
    await paidInvoice(1_000);
    const [, second] = await refund(id, { satoshis: 5_500 });
    expect(second).toMatchObject({ state: "broadcast", satoshis: 5_500 });
  });

  test("is made once for an Idempotency-Key, and not beyond what was paid", async () => {
    await wallet.start();
    const { id } = await paidInvoice();
    await paidInvoice(50_000);
    const once = { "idempotency-key": "refund-1" };
    const [[, first], [, second]] = await Promise.all([
      refund(id, { satoshis: 6_000 }, once),
      refund(id, { satoshis: 6_000 }, once),
    ]);
    expect(second).toEqual(first);
    expect(await refund(id, { satoshis: 5_000 }, once)).toMatchObject([422, { code: "PAYD_IDEMPOTENCY_KEY" }]);
    expect(await refund(id, { satoshis: 4_001 })).toMatchObject([409, { code: "PAYD_REFUND_EXCEEDS" }]);
    // Without an amount: the rest.
    expect(await refund(id)).toMatchObject([201, { satoshis: 4_000 }]);
    expect(await refund(id)).toMatchObject([409, { code: "PAYD_REFUND_EXCEEDS" }]);
  });

  test("needs a paid invoice, coins, and an address", async () => {
    await wallet.start();
    const { id: unpaid } = await wallet.createInvoice();
    expect(await refund(unpaid)).toMatchObject([409, { code: "PAYD_INVOICE_UNPAID" }]);
    expect(await refund("nosuchinvoice")).toMatchObject([404, { code: "PAYD_INVOICE_UNKNOWN" }]);
    const { id } = await paidInvoice(1_000);
    // Nothing is left for the fee.
    expect(await refund(id)).toMatchObject([409, { code: "PAYD_COINS_MISSING" }]);
    for (const wrong of ["", "1BoatSLRHtKNngkdXEeobR76b53LETtpyU", 5]) {
      expect(await refund(id, { address: wrong })).toMatchObject([400, { code: "PAYD_INVALID_REQUEST" }]);
    }
    const connected = await wallet.createConnected();
    const { body } = await wallet.coins.pay(connected.outputs);
    await wallet.ask(connected.id, "payment", body, "pay-2");
    await wallet.inState(connected.id, "paid");
    expect(await refund(connected.id)).toMatchObject([422, { code: "PAYD_REFUND_ADDRESS" }]);
  });

  test("that the miner refuses frees its coins, and the invoice has none", async () => {
    await wallet.start();
    const { id } = await paidInvoice();
    wallet.miner.replies = [{ payload: { returnResult: "failure", resultDescription: "missing inputs" } }, success];
    expect(await refund(id, { satoshis: 1_000 })).toMatchObject([502, { code: "PAYD_PAYOUT_REFUSED" }]);
    expect([await balance(), await wallet.read(id)]).toMatchObject([10_000, { refunds: [] }]);
    expect(await refund(id, { satoshis: 1_000 })).toMatchObject([201, { state: "broadcast" }]);
  });

  test("that the miner refuses keeps no other money back: its coins come last", async () => {
    await wallet.start();
    await money.prove(await paidInvoice(30_000));
    const good = await money.prove(await paidInvoice(20_000));
    wallet.miner.replies = [{ payload: { returnResult: "failure", resultDescription: "missing inputs" } }, success];
    expect(await refund(good.id, { satoshis: 1_000 })).toMatchObject([502, { code: "PAYD_PAYOUT_REFUSED" }]);
    const [status, payout] = await refund(good.id, { satoshis: 1_000 });
    expect([status, sourcesOf(payout)]).toEqual([201, [good.payment?.txid]]);
    const swept = (await (await wallet.post("/api/v1/wallet/sweep", { address })).json()) as PayoutView;
    expect(sourcesOf(swept)).toEqual([payout.txid]);
    expect(await balance()).toBe(30_000);
  });

  test("is not made at a fee that takes more than it sends", async () => {
    await wallet.start();
    const { id } = await paidInvoice(100_000);
    const before = wallet.miner.submissions.length;
    const fees = ["standard", "data"].map((feeType) => ({ feeType, ...feeOf(300_000) }));
    wallet.miner.quote = sealed({ fees });
    expect(await refund(id, { satoshis: 1_000 })).toMatchObject([503, { code: "PAYD_FEE_TOO_HIGH" }]);
    const sweep = await wallet.post("/api/v1/wallet/sweep", { address });
    expect([sweep.status, await sweep.json()]).toMatchObject([503, { code: "PAYD_FEE_TOO_HIGH" }]);
    expect(wallet.miner.submissions).toHaveLength(before);
    expect(await balance()).toBe(100_000);
  });

  test("that finds no miner is sent again by itself, the same transaction", async () => {
    await wallet.start({ retry: { firstDelayMs: 1, maxDelayMs: 1, patienceMs: 1 }, resumeRetryMs: 1 });
    const { id } = await paidInvoice();
    wallet.miner.replies = [{ response: { status: 503 } }];
    const [status, payout] = await refund(id, { satoshis: 1_000 });
    expect([status, payout.state]).toEqual([202, "signed"]);
    wallet.miner.replies = [success];
    await eventually(async () => expect(await wallet.read(id)).toMatchObject({ refunds: [{ txid: payout.txid }] }));
    expect(wallet.miner.submissions.at(-1)?.rawtx).toBe(payout.rawTx);
  });

  test("that finds no miner is sent by the next run, the same transaction", async () => {
    await wallet.start({ retry: { firstDelayMs: 1, maxDelayMs: 1, patienceMs: 1 } });
    const { id } = await paidInvoice();
    wallet.miner.replies = [{ response: { status: 503 } }];
    const [status, payout] = await refund(id, { satoshis: 1_000 }, { "idempotency-key": "refund-2" });
    expect([status, payout.state]).toEqual([202, "signed"]);
    await wallet.stop();
    wallet.miner.replies = [success];
    await wallet.start();
    await eventually(async () => expect(await wallet.read(id)).toMatchObject({ refunds: [{ txid: payout.txid }] }));
    expect(wallet.miner.submissions.at(-1)?.rawtx).toBe(payout.rawTx);
    expect(await refund(id, { satoshis: 1_000 }, { "idempotency-key": "refund-2" })).toMatchObject([
      201,
      { id: payout.id, state: "broadcast" },
    ]);
  });
});

test("a sweep sends all to a cold address, and leaves nothing", async () => {
  await wallet.start();
  await paidInvoice(7_000);
  await paidInvoice(5_000);
  expect(await balance()).toBe(12_000);
  const response = await wallet.post("/api/v1/wallet/sweep", { address });
  const payout = (await response.json()) as PayoutView;
  expect([response.status, payout]).toMatchObject([201, { state: "broadcast", script: addressScript }]);
  expect(payout.satoshis + payout.feeSatoshis).toBe(12_000);
  expect(await balance()).toBe(0);
  expect((await wallet.post("/api/v1/wallet/sweep", { address })).status).toBe(409);
});

describe("what is paid", () => {
  test("may be more than was asked: it is noted, and can go back", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const script = outputs[0]?.script ?? "";
    const { body } = await wallet.coins.pay([
      { script, satoshis: 700 },
      { script, satoshis: 900 },
    ]);
    const ack = await wallet.ask(id, "payment", { ...body, refundTo: address }, "pay-1");
    expect(ack.body).not.toHaveProperty("error");
    expect((await wallet.inState(id, "paid")).payment).toMatchObject({ satoshis: 1_600 });
    expect(await balance()).toBe(1_600);
    expect(await refund(id, { satoshis: 600 })).toMatchObject([201, { satoshis: 600 }]);
  });

  test("must not be less: it is refused with its numbers, and nothing of it is broadcast", async () => {
    await wallet.start();
    const { id, outputs } = await wallet.createConnected();
    const { body } = await wallet.coins.pay([{ script: outputs[0]?.script ?? "", satoshis: 999 }]);
    const ack = await wallet.ask(id, "payment", body, "pay-1");
    expect(ack.body).toMatchObject({
      error: 1,
      memo: expect.stringContaining("outputs: pay 999 of 1000 satoshis") as string,
    });
    expect(wallet.miner.submissions).toEqual([]);
    expect((await wallet.read(id)).state).toBe("pending");
  });

  test("after the invoice's time is refused, and nothing of it is broadcast", async () => {
    let nowMs = Date.now();
    await wallet.start({ now: () => nowMs });
    const { id, outputs } = await wallet.createConnected();
    nowMs += 3_600_001;
    const ack = await wallet.ask(id, "payment", (await wallet.coins.pay(outputs)).body, "pay-1");
    expect(ack.body).toMatchObject({ error: 2 });
    expect(wallet.miner.submissions).toEqual([]);
  });
});

test("an export adds up to the wallet's balance, and is safe in a spreadsheet", async () => {
  await wallet.start();
  const first = await paidInvoice(10_000, { orderId: "A-1", memo: '=cmd("x"), twice' });
  await paidInvoice(20_000, { orderId: "A-2" });
  await wallet.createInvoice({ satoshis: 99_999, orderId: "A-3" });
  await refund(first.id, { satoshis: 2_500 });
  const response = await fetch(`${wallet.url}/api/v1/export.csv`);
  expect(response.headers.get("content-type")).toMatch(/^text\/csv/);
  const [, ...rows] = (await response.text()).trimEnd().split("\r\n");
  expect(rows).toHaveLength(3);
  expect(rows.join("\n")).toContain(`"'=cmd(""x""), twice"`);
  const sums = ["asked_satoshis", "received_satoshis", "refunded_satoshis"].map((column) => money.exported(column));
  expect(await Promise.all(sums)).toEqual([129_999, 30_000, 2_500]);
  expect(await money.exported("net_satoshis")).toBe(await balance());
  expect((await (await fetch(`${wallet.url}/api/v1/export.csv?orderId=A-2`)).text()).split("\r\n")).toHaveLength(3);
  expect((await fetch(`${wallet.url}/api/v1/export.csv?limit=1`)).status).toBe(400);
});

const inDoubt = [409, { code: "PAYD_PAYMENT_IN_DOUBT" }];

async function doubleSpend({ id, payment }: InvoiceView): Promise<void> {
  wallet.server.send(id, "doublespend.notify", JSON.parse(doubleSpendOf(payment?.txid ?? "", "66".repeat(32))));
  await eventually(async () => expect((await wallet.read(id)).doubleSpends).toHaveLength(1));
}

async function reject({ id, payment }: InvoiceView): Promise<void> {
  const said = { status: "REJECTED", code: 466, detail: "", competingTxs: [] };
  wallet.server.send(id, "transaction.rejected", unsignedNews(payment?.txid ?? "", "rejected", said));
  await eventually(async () => expect((await wallet.read(id)).rejections).toHaveLength(1));
}

describe("a payment in doubt", () => {
  test.each([
    { doubt: "double spent", cast: doubleSpend },
    { doubt: "rejected", cast: reject },
  ])("that may be $doubt is not refunded from other customers' coins, until there is a proof", async ({ cast }) => {
    await wallet.start();
    const doubted = await paidInvoice(10_000);
    await paidInvoice(50_000);
    await cast(doubted);
    const before = wallet.miner.submissions.length;
    expect(await refund(doubted.id, { satoshis: 4_000 })).toMatchObject(inDoubt);
    expect(wallet.miner.submissions).toHaveLength(before);
    expect([await balance(), await money.exported("net_satoshis")]).toEqual([50_000, 50_000]);
    await money.prove(doubted);
    expect(await refund(doubted.id, { satoshis: 4_000 })).toMatchObject([201, { satoshis: 4_000 }]);
  });

  test("takes what was made of it along: the change of its refund is no money either", async () => {
    await wallet.start();
    const doubted = await paidInvoice(10_000);
    await paidInvoice(50_000);
    const [, first] = await refund(doubted.id, { satoshis: 1_000 });
    await refund(doubted.id, { satoshis: 1_000 });
    expect(await balance()).toBe(58_000 - 2 * first.feeSatoshis);
    await doubleSpend(doubted);
    expect(await balance()).toBe(50_000);
  });
});

describe("a payment without a proof", () => {
  test("is refunded from itself first, so that a double spend takes its refund along", async () => {
    await wallet.start();
    const fresh = await paidInvoice(10_000);
    await money.prove(await paidInvoice(50_000));
    const [, first] = await refund(fresh.id, { satoshis: 4_000 });
    expect(sourcesOf(first)).toEqual([fresh.payment?.txid]);
    const [, second] = await refund(fresh.id, { satoshis: 1_000 });
    expect(sourcesOf(second)).toEqual([first.txid]);
  });

  test("whose coins are swept is refunded when it is proved", async () => {
    await wallet.start();
    const fresh = await paidInvoice(10_000);
    expect((await wallet.post("/api/v1/wallet/sweep", { address })).status).toBe(201);
    await money.prove(await paidInvoice(50_000));
    expect(await refund(fresh.id, { satoshis: 4_000 })).toMatchObject(inDoubt);
    await money.prove(fresh);
    expect(await refund(fresh.id, { satoshis: 4_000 })).toMatchObject([201, { satoshis: 4_000 }]);
  });
});
